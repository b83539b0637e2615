import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface Frame {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Why what is in it was refused. */
  readonly fault?: string | undefined;
}

export interface FieldProps extends Frame {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'search' | 'email';
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  /** By which password managers know it. */
  readonly name?: string;
  readonly autocomplete?: 'off' | 'username' | 'current-password' | 'new-password';
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

/** A labelled input, and below it what it takes. */
export function Field({ label, value, onInput, hint, fault, type = 'text', ...rest }: FieldProps): JSX.Element {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(ties) => (
        <input
          {...ties}
          // Preact's types want a literal.
          type={type as 'text'}
          value={value}
          {...rest}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

export interface TextAreaProps extends Frame {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
  readonly maxLength?: number;
  /** For code: in a monospaced face, and left alone by spelling checks. */
  readonly isCode?: boolean;
}

/** A labelled input of several lines. */
export function TextArea({ label, hint, fault, onInput, isCode = false, ...rest }: TextAreaProps): JSX.Element {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(ties) => (
        <textarea
          {...ties}
          {...rest}
          {...(isCode && { class: 'mono', spellcheck: false })}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

export interface Option {
  readonly value: string;
  readonly text: string;
}

export interface ChoiceProps extends Frame {
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
}

/** A labelled choice of one. */
export function Choice({ label, hint, fault, value, options, onChange, disabled = false }: ChoiceProps): JSX.Element {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(ties) => (
        <select {...ties} value={value} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** What ties an input to the texts around it. */
interface Ties {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

function Labelled(props: Frame & { children: (ties: Ties) => JSX.Element }): JSX.Element {
  const { label, hint, fault, children } = props;
  const id = useId();
  const below = [...(fault === undefined ? [] : [`${id}-fault`]), ...(hint === undefined ? [] : [`${id}-hint`])];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(below.length > 0 && { 'aria-describedby': below.join(' ') }),
        ...(fault !== undefined && { 'aria-invalid': true }),
      })}
      {fault !== undefined && (
        <small id={`${id}-fault`} class="fault">
          {fault}
        </small>
      )}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
