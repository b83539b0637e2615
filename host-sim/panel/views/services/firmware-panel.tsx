import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { plain } from '../../i18n/plain.js';
import type { Board } from '../../state/board.js';
import { confirmed } from '../../ui/confirm.js';
import { Choice, TextArea } from '../../ui/field.js';
import { ENVIRONMENTS, FIRMWARE_SERVICES, type FirmwareService, isDangerous } from './firmware-services.js';
import { readParams } from './service-call.js';
import type { Calls } from './use-calls.js';
import { serviceWords } from './words.js';

/** What the firmware does when it is asked by name; what cannot be taken back, or lets somebody in, is asked about first. */
export function FirmwareServices({ board, onCall }: { board: Board; onCall: Calls['call'] }): JSX.Element {
  const words = serviceWords();
  const [environment, setEnvironment] = useState<string>('test');
  const [bundle, setBundle] = useState('');
  const [bundleFault, setBundleFault] = useState<string | undefined>(undefined);

  const call = async (service: FirmwareService, params: object | null): Promise<void> => {
    const { name, text } = words.services[service];
    const question = { title: words.confirmTitle(name, plain(board.name.peek())), text, deed: name };
    if (!isDangerous(service) || (await confirmed(question))) await onCall(service, params);
  };
  const bring = async (): Promise<void> => {
    const read = readParams(bundle);
    setBundleFault('fault' in read ? words.paramsFault(read.fault) : undefined);
    if ('value' in read) await call('setTrust', { bundle: read.value });
  };
  const begin = (service: FirmwareService): Promise<void> => {
    if (service === 'setTrust') return bring();
    return call(service, service === 'setEnvironment' ? { name: environment } : null);
  };
  return (
    <section class="card stack">
      <h2>{words.firmware}</h2>
      {FIRMWARE_SERVICES.map((service) => (
        <div key={service} class="service">
          <div class="stack">
            <p class="quiet">{words.services[service].text}</p>
            {service === 'setEnvironment' && (
              <Choice
                label={words.environment}
                value={environment}
                options={ENVIRONMENTS.map((one) => ({ value: one, text: one }))}
                onChange={setEnvironment}
              />
            )}
            {service === 'setTrust' && (
              <TextArea
                label={words.bundle}
                hint={words.bundleHint}
                value={bundle}
                onInput={setBundle}
                rows={3}
                isCode
                fault={bundleFault}
              />
            )}
          </div>
          <button
            type="button"
            class={service === 'reset' ? 'button danger' : 'button'}
            onClick={() => void begin(service)}
          >
            {words.services[service].name}
            {isDangerous(service) && '…'}
          </button>
        </div>
      ))}
    </section>
  );
}
