import type { JSX, Ref } from 'preact';
import type { Device } from '../../state/device.js';
import { BULK_KINDS, type BulkKind, bulkWords } from './bulk-words.js';
import { deviceWords } from './words.js';

/** What is selected, here and on other pages, and what can be done to it. */
export function BulkBar(props: {
  /** Those of this page. */
  shown: readonly Device[];
  selection: ReadonlyMap<string, Device>;
  onSelect: (selection: ReadonlyMap<string, Device>) => void;
  onBulk: (kind: BulkKind) => void;
  bar: Ref<HTMLElement>;
}): JSX.Element {
  const { shown, selection, onSelect, onBulk, bar } = props;
  const words = bulkWords();
  const isAll = shown.length > 0 && shown.every(({ deviceId }) => selection.has(deviceId));
  const selectPage = (): void => {
    const next = new Map(selection);
    for (const device of shown) {
      if (isAll) next.delete(device.deviceId);
      else next.set(device.deviceId, device);
    }
    onSelect(next);
  };
  return (
    <section ref={bar} class="row bulk-bar" aria-label={words.bar} tabIndex={-1}>
      <label class="check">
        <input type="checkbox" checked={isAll} disabled={shown.length === 0} onChange={selectPage} />
        {deviceWords().selectPage}
      </label>
      <span role="status">{selection.size > 0 && words.selected(selection.size)}</span>
      {selection.size > 0 && (
        <>
          {BULK_KINDS.map((kind) => (
            <button key={kind} type="button" class="button small" onClick={() => onBulk(kind)}>
              {words.deeds[kind]}…
            </button>
          ))}
          <button type="button" class="button small" onClick={() => onSelect(new Map())}>
            {words.clear}
          </button>
        </>
      )}
    </section>
  );
}
