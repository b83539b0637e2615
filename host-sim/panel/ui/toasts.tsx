import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { common } from '../i18n/common.js';
import { sentenceOf } from '../net/api-error.js';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

const SHOWN_MS = 5_000;
const MOST = 4;
const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** Says something in the corner for some seconds. */
export function say(text: string, isError = false): void {
  const toast = { id: ++last, text, isError };
  toasts.value = [...toasts.value, toast].slice(-MOST);
  setTimeout(() => dismiss(toast.id), SHOWN_MS);
}

/** Does something, and says why where it fails. @returns whether it was done */
export async function attempt(deed: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await deed();
  } catch (error) {
    say(sentenceOf(error), true);
    return false;
  }
  if (done !== undefined) say(done);
  return true;
}

/** Copies a text, and says so. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(common().copied);
  } catch {
    say(common().notCopied, true);
  }
}

/** How many dialogs are open. A modal one makes all the rest inert, so what is said is said in the innermost. */
const dialogs = signal(0);

/** While its dialog is open. @returns the place of its toasts */
export function useDialogDepth(): number {
  const [depth, setDepth] = useState(0);
  useEffect(() => {
    setDepth(++dialogs.value);
    return () => {
      dialogs.value--;
    };
  }, []);
  return depth;
}

/** Where toasts appear: once in the page (depth 0), and in each dialog. */
export function Toasts({ depth = 0 }: { depth?: number }): JSX.Element {
  const shown = depth === dialogs.value ? toasts.value : [];
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, isError }) => (
        <div key={id} class={isError ? 'toast error' : 'toast'}>
          <span>{text}</span>
          <button type="button" class="button icon" aria-label={common().dismiss} onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
