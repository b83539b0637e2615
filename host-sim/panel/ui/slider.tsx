import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** A labelled slider, and what its value means. */
export function Slider(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** The value in words. */
  text: string;
  onInput: (value: number) => void;
  disabled?: boolean;
}): JSX.Element {
  const { label, text, onInput, value, ...rest } = props;
  const id = useId();
  return (
    <div class="field slider">
      <label for={id}>{label}</label>
      <span aria-hidden="true">{text}</span>
      <input
        id={id}
        type="range"
        aria-valuetext={text}
        {...rest}
        // After its limits: a browser cuts a value at those it has.
        value={value}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
