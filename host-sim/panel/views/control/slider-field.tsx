import type { JSX } from 'preact';
import { Field } from '../../ui/field.js';
import { controlWords } from './words.js';

/** A number that is typed, or pulled to. Empty: none. */
export function SliderField(props: {
  label: string;
  /** As it is typed. */
  value: string;
  onInput: (value: string) => void;
  min: number;
  max: number;
  step: number | 'any';
  hint?: string;
  required?: boolean;
}): JSX.Element {
  const { label, value, onInput, min, max, step } = props;
  return (
    <div class="slider-field">
      <Field {...props} type="number" />
      <input
        type="range"
        aria-label={controlWords().slider(label)}
        min={min}
        max={max}
        step={step}
        value={value === '' ? min : value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
