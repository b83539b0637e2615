import type { JSX } from 'preact';
import { localized } from '../../i18n/language.js';
import { valueText } from '../../i18n/value.js';
import type { Board } from '../../state/board.js';
import type { ThingModel, ThingProperty } from '../../state/device.js';
import { useSame } from '../../state/use-same.js';
import { boardWords } from './words.js';

/** What a board posted last, as its product names it. */
export function Reported({ board, model }: { board: Board; model: ThingModel }): JSX.Element | null {
  const words = boardWords();
  if (model.properties.length === 0) return null;
  return (
    <div class="reported">
      <p class="quiet">{words.posted}</p>
      <dl>
        {model.properties.map((property) => (
          <ReportedValue key={property.identifier} board={board} property={property} />
        ))}
      </dl>
    </div>
  );
}

function ReportedValue({ board, property }: { board: Board; property: ThingProperty }): JSX.Element {
  const { identifier, name, unit } = property;
  const value = useSame(() => {
    const properties = board.properties.value;
    return Object.hasOwn(properties, identifier) ? properties[identifier]!.value : undefined;
  });
  return (
    <div>
      <dt>{localized(name)}</dt>
      <dd>{value === undefined ? <span class="quiet">{boardWords().notKnown}</span> : valueText(value, unit)}</dd>
    </div>
  );
}
