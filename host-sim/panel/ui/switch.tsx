import type { JSX } from 'preact';

/** Something that is on or off. */
export function Switch(props: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
}): JSX.Element {
  const { label, on, onChange, disabled = false } = props;
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={on}
      disabled={disabled}
      onClick={() => onChange(!on)}
    >
      <span class="track" aria-hidden="true" />
      {label}
    </button>
  );
}
