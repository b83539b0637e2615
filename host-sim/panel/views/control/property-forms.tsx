import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { localized } from '../../i18n/language.js';
import { valueText } from '../../i18n/value.js';
import type { Board } from '../../state/board.js';
import type { ThingProperty } from '../../state/device.js';
import { Switch } from '../../ui/switch.js';
import { SliderField } from './slider-field.js';
import { controlWords } from './words.js';

type Send = (params: Record<string, unknown>) => void;

/** Every property that can be set, by its type; beside each what the board says it is now. */
export function PropertyForms(props: {
  board: Board;
  properties: readonly ThingProperty[];
  onSend: Send;
}): JSX.Element {
  const { board, properties, onSend } = props;
  const values = board.properties.value;
  return (
    <div class="control-form">
      <h3>{controlWords().properties}</h3>
      {properties.map((property) => (
        <PropertyForm
          key={property.identifier}
          property={property}
          value={values[property.identifier]?.value}
          onSend={(value) => onSend({ [property.identifier]: value })}
        />
      ))}
    </div>
  );
}

interface FormProps {
  readonly property: ThingProperty;
  readonly value: unknown;
  readonly onSend: (value: unknown) => void;
}

function PropertyForm({ property, value, onSend }: FormProps): JSX.Element {
  const name = localized(property.name);
  if (property.type === 'boolean') return <Switch label={name} on={value === true} onChange={onSend} />;
  if (property.type !== 'enum') return <NumberForm property={property} value={value} onSend={onSend} />;
  return (
    <fieldset class="control-choice">
      <legend>{name}</legend>
      <div class="row">
        {(property.values ?? []).map((one) => (
          <button key={one} type="button" class="button" aria-pressed={one === value} onClick={() => onSend(one)}>
            {one}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function NumberForm({ property, value, onSend }: FormProps): JSX.Element {
  const { name: texts, type, unit, range, step = type === 'integer' ? 1 : 'any' } = property;
  const words = controlWords();
  /** Undefined: untouched, and as the board has it. */
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const shown = draft ?? (typeof value === 'number' ? String(value) : '');
  const name = localized(texts);
  return (
    <form
      class="row control-number"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(Number(shown));
      }}
    >
      <SliderField
        label={unit === undefined ? name : `${name}, ${unit}`}
        hint={`${words.now}: ${valueText(value, unit)}`}
        value={shown}
        onInput={setDraft}
        min={range?.min ?? 0}
        max={range?.max ?? 100}
        step={step}
        required
      />
      <button type="submit" class="button" aria-label={words.setThat(name)}>
        {words.set}
      </button>
    </form>
  );
}
