import { useRef, useState } from 'preact/hooks';
import { sentenceOf } from '../net/api-error.js';
import { say } from '../ui/toasts.js';
import { useIsDrawn } from './use-is-drawn.js';

/** Something that a person has done on a page: whether it is under way, and why the last one failed. */
export interface Deed {
  readonly isBusy: boolean;
  readonly error: unknown;
  /** One at a time: another one meanwhile is not begun. @returns whether it was done */
  readonly run: (deed: () => Promise<unknown>) => Promise<boolean>;
}

/** What fails when whoever asked is no longer drawn is said in the corner. */
export function useDeed(): Deed {
  const [error, setError] = useState<unknown>(undefined);
  const [isBusy, setBusy] = useState(false);
  const running = useRef(false);
  const isDrawn = useIsDrawn();
  const run = async (deed: () => Promise<unknown>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await deed();
      return true;
    } catch (reason) {
      if (isDrawn()) setError(reason);
      else say(sentenceOf(reason), true);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { isBusy, error, run };
}
