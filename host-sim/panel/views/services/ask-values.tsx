import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { localized } from '../../i18n/language.js';
import { plain } from '../../i18n/plain.js';
import type { Board } from '../../state/board.js';
import { useProductModel } from '../../state/use-product-model.js';
import type { Calls } from './use-calls.js';
import { serviceWords } from './words.js';

/** Keys that are offered at most. */
const MOST_KEYS = 64;

/** Asks a board for its properties, all or some. */
export function AskValues({ board, onCall }: { board: Board; onCall: Calls['call'] }): JSX.Element {
  const words = serviceWords();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  // Where the product has no thing model, what the board has posted names its keys.
  const { properties } = useProductModel(board.productKey).data ?? {};
  const offered: readonly (readonly [key: string, name: string])[] = properties
    ? properties.map(({ identifier, name }) => [identifier, plain(localized(name))] as const)
    : Object.keys(board.properties.value).map((key) => [key, plain(key)] as const);
  const toggle = (key: string): void => {
    const next = new Set(keys);
    if (!next.delete(key)) next.add(key);
    setKeys(next);
  };
  return (
    <section class="card stack">
      <h2>{words.values}</h2>
      <p class="quiet">
        {words.valuesText} {words.allKeys}
      </p>
      <div class="row">
        {offered.slice(0, MOST_KEYS).map(([key, name]) => (
          <label key={key} class="check">
            <input type="checkbox" checked={keys.has(key)} onChange={() => toggle(key)} />
            {name}
          </label>
        ))}
      </div>
      <p>
        <button
          type="button"
          class="button"
          onClick={() => void onCall('property.get', keys.size === 0 ? null : [...keys])}
        >
          {words.ask}
        </button>
      </p>
    </section>
  );
}
