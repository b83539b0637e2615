import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Device } from '../../state/device.js';
import type { Project } from '../../state/project.js';
import { href } from '../../state/router.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { Field } from '../../ui/field.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { attempt, say } from '../../ui/toasts.js';
import { ProjectChoice, projectOf } from './project-choice.js';
import { deviceWords } from './words.js';

/** One device: its name and project, whether it may connect, and its end. @param onDone something is another now */
export function DeviceDialog(props: {
  device: Device;
  projects: readonly Project[];
  onDone: () => void;
  onClose: () => void;
}): JSX.Element {
  const { device, projects, onDone, onClose } = props;
  const { api, boards } = useWorld();
  const words = deviceWords();
  const [name, setName] = useState(device.name);
  const [wish, setWish] = useState({ projectId: device.projectId, newName: '' });
  const path = `/devices/${encodeURIComponent(device.deviceId)}`;
  const shownName = plain(device.name);
  const isDisabled = device.status === 'disabled';

  const put = async (change: object): Promise<Device> => {
    const changed = await api.put<Device>(path, change);
    boards.learn(changed);
    onDone();
    return changed;
  };
  const save = async (): Promise<void> => {
    const projectId = await projectOf(api, wish);
    // The project is there now, whatever comes next: another attempt is not to make a second one.
    setWish({ projectId, newName: '' });
    const changed = await put({
      ...(name !== device.name && { name }),
      ...(projectId !== device.projectId && { projectId }),
    });
    say(words.saved(plain(changed.name)));
  };
  const setDisabled = async (disabled: boolean): Promise<void> => {
    const done = disabled ? words.disabled(shownName) : words.enabled(shownName);
    if (await attempt(() => put({ status: disabled ? 'disabled' : 'offline' }), done)) onClose();
  };
  const end = async (): Promise<void> => {
    const question = { title: words.deleteTitle(shownName), text: words.deleteText, deed: common().delete };
    if (!(await confirmed(question))) return;
    if (!(await attempt(() => api.delete(path), words.deleted(shownName)))) return;
    boards.gone(device.deviceId);
    onDone();
    onClose();
  };

  return (
    <FormDialog
      title={shownName}
      deed={common().save}
      fields={['name', 'projectId', 'projectName']}
      words={{ project_not_found: 'projectId' }}
      onSubmit={save}
      onClose={onClose}
      aside={
        <>
          <button type="button" class="button danger" onClick={() => void end()}>
            {common().delete}…
          </button>
          <button type="button" class="button" onClick={() => void setDisabled(!isDisabled)}>
            {isDisabled ? words.enable : words.disable}
          </button>
        </>
      }
    >
      {(faultOf) => (
        <>
          <p class="quiet">
            <code>{device.deviceId}</code> · <code>{device.deviceSN}</code> ·{' '}
            <a href={href('boards', device.deviceId)}>{words.openBoard}</a>
          </p>
          <Field
            label={common().name}
            value={name}
            onInput={setName}
            maxLength={128}
            required
            fault={faultOf('name')}
          />
          <ProjectChoice projects={projects} wish={wish} onWish={setWish} faultOf={faultOf} />
        </>
      )}
    </FormDialog>
  );
}
