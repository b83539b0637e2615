import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { common } from '../i18n/common.js';
import { type Faults, faultsOf } from '../net/faults.js';
import { useDeed } from '../state/use-deed.js';
import { Dialog } from './dialog.js';
import { Problem } from './problem.js';

/** A form in a dialog: when what it asks for is done it closes, else it says why not, beside the field where one is named. */
export function FormDialog(props: {
  title: string;
  /** What the button says that does it. */
  deed: string;
  /** Names of its fields, as the API has them. */
  fields: readonly string[];
  /** Error words that concern one field. */
  words?: Readonly<Record<string, string>>;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  /** Once it is done; `onClose` where nothing else is said. */
  onDone?: () => void;
  /** It takes something away. */
  isDanger?: boolean;
  /** Gets why a field was refused. */
  children: (faultOf: Faults['of']) => ComponentChildren;
  /** Further buttons, before the others. */
  aside?: ComponentChildren;
}): JSX.Element {
  const { title, deed, fields, words, onSubmit, onClose, onDone = onClose, isDanger = false, children, aside } = props;
  const { isBusy, error, run } = useDeed();
  const faults = faultsOf(error, fields, words);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form}
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await run(onSubmit)) onDone();
        }}
      >
        {children(faults.of)}
        <Problem error={faults.other} />
        <footer>
          {aside}
          <button type="button" class="button" onClick={onClose}>
            {common().cancel}
          </button>
          <button type="submit" class={isDanger ? 'button danger' : 'button primary'} disabled={isBusy}>
            {deed}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
