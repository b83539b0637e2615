import type { JSX } from 'preact';
import { localized } from '../../i18n/language.js';
import { whenText } from '../../i18n/time.js';
import { rangeText, valueText } from '../../i18n/value.js';
import type { Board } from '../../state/board.js';
import type { ThingProperty } from '../../state/device.js';
import { controlWords } from './words.js';

/** What a board reported last: what its product names, and whatever else it posts. */
export function CurrentValues(props: { board: Board; properties: readonly ThingProperty[] }): JSX.Element {
  const { board, properties } = props;
  const words = controlWords();
  const values = board.properties.value;
  const named = new Map(properties.map((property) => [property.identifier, property]));
  const keys = [...named.keys(), ...Object.keys(values).filter((key) => !named.has(key))];
  return (
    <section class="stack" aria-labelledby="control-now">
      <h2 id="control-now">{words.now}</h2>
      {keys.length === 0 ? (
        <p class="empty">{words.nothingYet}</p>
      ) : (
        <table class="card current-values">
          <caption class="visually-hidden">{words.now}</caption>
          <thead class="visually-hidden">
            <tr>
              <th scope="col">{words.property}</th>
              <th scope="col">{words.value}</th>
              <th scope="col">{words.reported}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              // What a board calls its properties may be what every object has.
              <Row
                key={key}
                name={key}
                property={named.get(key)}
                report={Object.hasOwn(values, key) ? values[key] : undefined}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row(props: {
  name: string;
  /** Undefined: the product says nothing of it. */
  property: ThingProperty | undefined;
  report: Board['properties']['value'][string] | undefined;
}): JSX.Element {
  const { name, property, report } = props;
  const range = property ? rangeText(property) : '';
  return (
    <tr>
      <th scope="row">
        <bdi>{property ? localized(property.name) : name}</bdi>
        {range !== '' && <small class="hint">{range}</small>}
      </th>
      <td>
        <bdi>{valueText(report?.value, property?.unit)}</bdi>
      </td>
      <td class="quiet">{report && whenText(report.reportedAt)}</td>
    </tr>
  );
}
