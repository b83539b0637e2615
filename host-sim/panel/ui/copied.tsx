import type { JSX } from 'preact';
import { common } from '../i18n/common.js';
import { copyText } from './toasts.js';

/** A text, and the button that copies it. @param label of the button */
export function Copied({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <span class="row">
      <code>{text}</code>
      <button type="button" class="button small" aria-label={label} onClick={() => void copyText(text)}>
        {common().copy}
      </button>
    </span>
  );
}
