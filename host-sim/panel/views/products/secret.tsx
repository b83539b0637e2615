import type { JSX } from 'preact';
import { OnceDialog } from '../../ui/once-dialog.js';
import { productWords } from './words.js';

/** The secret of a product whose activation has become signed. */
export function ProductSecret({ secret, onClose }: { secret: string; onClose: () => void }): JSX.Element {
  const words = productWords();
  return (
    <OnceDialog title={words.secret} secret={secret} onClose={onClose}>
      <p>{words.secretUse}</p>
    </OnceDialog>
  );
}
