import type { JSX } from 'preact';
import { common } from '../../i18n/common.js';
import { localized } from '../../i18n/language.js';
import { plain } from '../../i18n/plain.js';
import { rangeText } from '../../i18n/value.js';
import type { ThingModel } from '../../state/device.js';
import { thingModelOf, useProductModel } from '../../state/use-product-model.js';
import { Problem } from '../../ui/problem.js';
import { Table } from '../../ui/table.js';
import { productWords } from './words.js';

/** What boards of a product report and take. */
export function ThingModelSection({ productKey }: { productKey: string }): JSX.Element {
  const words = productWords();
  const { data, error, reload } = useProductModel(productKey);
  const model = thingModelOf(data);
  return (
    <section class="stack">
      <h2>{words.thingModel}</h2>
      {data === undefined && error === undefined && <p role="status">{common().loading}</p>}
      <Problem error={error} onRetry={() => void reload()} />
      {data && !model && <p>{words.noModel}</p>}
      {model && <Model model={model} />}
    </section>
  );
}

function Model({ model: { channels, properties } }: { model: ThingModel }): JSX.Element {
  const words = productWords();
  return (
    <>
      <h3>{words.outputs}</h3>
      {channels.length === 0 ? (
        <p>{common().none}</p>
      ) : (
        <ul class="model-outputs">
          {channels.map(({ channel, type }) => (
            <li key={channel}>
              {words.output(channel)}: {words.outputTypes[type]}
            </li>
          ))}
        </ul>
      )}
      <h3>{words.properties}</h3>
      <Table
        caption={words.properties}
        rows={properties}
        keyOf={({ identifier }) => identifier}
        empty={common().none}
        columns={[
          { title: common().name, isName: true, cell: ({ name }) => plain(localized(name)) },
          { title: words.identifier, cell: ({ identifier }) => <code>{identifier}</code> },
          { title: words.type, cell: ({ type }) => words.types[type] },
          { title: words.range, cell: (property) => rangeText(property) },
          { title: words.writable, cell: ({ writable }) => (writable ? common().yes : common().no) },
        ]}
      />
    </>
  );
}
