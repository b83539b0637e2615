import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { plain } from '../../i18n/plain.js';
import type { Page } from '../../net/api.js';
import type { Device } from '../../state/device.js';
import { useDebounced } from '../../state/use-debounced.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Field } from '../../ui/field.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { Table } from '../../ui/table.js';
import { whyNot } from './campaign-form.js';
import type { FirmwarePackage } from './messages.js';
import { newCampaignWords } from './new-campaign-words.js';

const SIZE = 10;

/** Boards of a package's product, to be chosen one by one. What was chosen stays so while others are looked for. */
export function BoardChoice(props: {
  target: FirmwarePackage;
  chosen: readonly string[];
  onChosen: (deviceIds: readonly string[]) => void;
  fault: string | undefined;
}): JSX.Element {
  const { target, chosen, onChosen, fault } = props;
  const { api } = useWorld();
  const words = newCampaignWords();
  const faultId = useId();
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const search = useDebounced(text.trim());
  const { productKey } = target;
  const { data, error, reload } = useLoaded(
    (signal) => api.get<Page<Device>>('/devices', { productKey, search, page, size: SIZE }, signal),
    [productKey, search, page],
  );
  const nameOf = ({ name, deviceSN }: Device): string => plain(name || deviceSN);
  const choose = ({ deviceId }: Device, isWanted: boolean): void =>
    onChosen(isWanted ? [...chosen, deviceId] : chosen.filter((one) => one !== deviceId));

  const box = (device: Device): JSX.Element => (
    <label class="check">
      <input
        type="checkbox"
        aria-label={words.choose(nameOf(device))}
        checked={chosen.includes(device.deviceId)}
        disabled={whyNot(device, target) !== undefined}
        aria-invalid={fault !== undefined}
        {...(fault !== undefined && { 'aria-describedby': faultId })}
        onChange={({ currentTarget }) => choose(device, currentTarget.checked)}
      />
    </label>
  );
  return (
    <fieldset class="stack board-choice">
      <legend>{words.devices}</legend>
      <Field
        label={words.find}
        type="search"
        value={text}
        maxLength={128}
        autocomplete="off"
        onInput={(typed) => {
          setText(typed);
          setPage(1);
        }}
      />
      <Problem error={error} onRetry={reload} />
      {data && (
        <Table
          caption={words.devices}
          columns={[
            { title: words.chooseTitle, cell: box },
            {
              title: words.device,
              isName: true,
              cell: (device) => (
                <div>
                  {nameOf(device)}
                  <div class="note">{device.deviceSN}</div>
                </div>
              ),
            },
            {
              title: words.runs,
              cell: (device) => {
                const why = whyNot(device, target);
                return (
                  <div>
                    {device.firmwareVersion}
                    {why !== undefined && <div class="note">{words.whyNot[why]}</div>}
                  </div>
                );
              },
            },
          ]}
          rows={data.list}
          keyOf={({ deviceId }) => deviceId}
          empty={words.noDevice}
        />
      )}
      {data && data.total > SIZE && (
        <Pager label={words.devices} page={page} size={SIZE} total={data.total} onPage={setPage} />
      )}
      <p role="status">{words.chosen(chosen.length)}</p>
      {fault !== undefined && (
        <small id={faultId} class="fault">
          {fault}
        </small>
      )}
    </fieldset>
  );
}
