import type { ComponentChildren, JSX } from 'preact';
import { common } from '../i18n/common.js';
import { type WordTable, wordsOf } from '../i18n/language.js';
import { Dialog } from './dialog.js';
import { copyText } from './toasts.js';

const ONCE: WordTable<string> = {
  en: 'It is shown once: keep it now. The cloud does not tell it again.',
  zh: '只显示一次，请现在保存；云不会再次给出。',
};

/** A secret that is told once. It is in the page while this is drawn, and nowhere else. */
export function OnceDialog(props: {
  title: string;
  secret: string;
  onClose: () => void;
  /** What it is for. */
  children?: ComponentChildren;
}): JSX.Element {
  const { title, secret, onClose, children } = props;
  const words = common();
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack">
        <p>{wordsOf(ONCE)}</p>
        <pre class="secret">{secret}</pre>
        {children}
      </div>
      <footer>
        <button type="button" class="button" onClick={() => void copyText(secret)}>
          {words.copy}
        </button>
        <button type="button" class="button primary" onClick={onClose}>
          {words.close}
        </button>
      </footer>
    </Dialog>
  );
}
