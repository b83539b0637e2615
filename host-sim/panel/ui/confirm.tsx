import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { common } from '../i18n/common.js';
import { Dialog } from './dialog.js';

interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly deed: string;
  readonly answer: (yes: boolean) => void;
}

const asked = signal<Question | undefined>(undefined);

/** Asks before something that cannot be taken back. */
export function confirmed(question: Omit<Question, 'answer'>): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}

/** Where questions appear; once in the page. What is asked there when it goes, as at the end of a login, is answered with no. */
export function Confirmation(): JSX.Element | null {
  useEffect(() => () => asked.peek()?.answer(false), []);
  const question = asked.value;
  if (question === undefined) return null;
  const { title, text, deed, answer } = question;
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <p>{text}</p>
      <footer>
        <button type="button" class="button" onClick={() => answer(false)}>
          {common().cancel}
        </button>
        <button type="button" class="button danger" onClick={() => answer(true)}>
          {deed}
        </button>
      </footer>
    </Dialog>
  );
}
