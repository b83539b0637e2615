import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Device } from '../../state/device.js';
import type { Product } from '../../state/product.js';
import type { Project } from '../../state/project.js';
import { useWorld } from '../../state/use-world.js';
import { Choice, Field } from '../../ui/field.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { say } from '../../ui/toasts.js';
import { ProjectChoice, projectOf } from './project-choice.js';
import { deviceWords } from './words.js';

/** Makes a device known before its board has activated. */
export function RegisterDialog(props: {
  products: readonly Product[];
  projects: readonly Project[];
  onDone: () => void;
  onClose: () => void;
}): JSX.Element {
  const { products, projects, onDone, onClose } = props;
  const { api, boards } = useWorld();
  const words = deviceWords();
  const [productKey, setProductKey] = useState(products[0]?.productKey ?? '');
  const [deviceSN, setSerial] = useState('');
  const [name, setName] = useState('');
  const [wish, setWish] = useState({ projectId: projects[0]?.projectId ?? '', newName: '' });

  const register = async (): Promise<void> => {
    const projectId = await projectOf(api, wish);
    setWish({ projectId, newName: '' });
    const device = await api.post<Device>('/devices', { productKey, deviceSN, projectId, name: name || null });
    boards.learn(device);
    say(words.registered(plain(device.name)));
    onDone();
  };
  return (
    <FormDialog
      title={words.register}
      deed={words.register}
      fields={['productKey', 'deviceSN', 'name', 'projectId', 'projectName']}
      words={{
        device_exists: 'deviceSN',
        invalid_product_key: 'productKey',
        product_disabled: 'productKey',
        project_not_found: 'projectId',
      }}
      onSubmit={register}
      onClose={onClose}
    >
      {(faultOf) => (
        <>
          <p class="quiet">{words.registerHint}</p>
          <Choice
            label={words.product}
            value={productKey}
            options={products.map((one) => ({ value: one.productKey, text: `${plain(one.name)} (${one.productKey})` }))}
            onChange={setProductKey}
            fault={faultOf('productKey')}
          />
          <Field
            label={words.serial}
            value={deviceSN}
            onInput={setSerial}
            hint={words.serialHint}
            autocomplete="off"
            required
            fault={faultOf('deviceSN')}
          />
          <Field label={common().name} value={name} onInput={setName} maxLength={128} fault={faultOf('name')} />
          <ProjectChoice projects={projects} wish={wish} onWish={setWish} faultOf={faultOf} />
        </>
      )}
    </FormDialog>
  );
}
