import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { attempt } from '../../ui/toasts.js';

/** So long what was wanted is shown after it was taken, until the stream tells what is, ms. */
const SETTLE_MS = 400;

/**
 * Something that is set from here: shown as wanted at once, and as it is once that is known. Of wishes that come faster than they are
 * done, those in between are left out.
 * @param send does it; what it throws is told to the person, and what is stays shown
 */
export function useOptimistic<T>(actual: T, send: (wanted: T) => Promise<unknown>): readonly [T, (wanted: T) => void] {
  const wanted = useSignal<{ readonly value: T } | undefined>(undefined);
  const isSending = useRef(false);
  const next = useRef<{ readonly value: T } | undefined>(undefined);
  const settling = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(settling.current), []);

  const run = async (): Promise<void> => {
    isSending.current = true;
    while (next.current) {
      const wish = next.current;
      next.current = undefined;
      const isDone = await attempt(() => send(wish.value));
      if (!isDone) next.current = undefined;
      if (next.current) continue;
      clearTimeout(settling.current);
      settling.current = setTimeout(
        () => {
          if (!isSending.current) wanted.value = undefined;
        },
        isDone ? SETTLE_MS : 0,
      );
    }
    isSending.current = false;
  };
  const want = (value: T): void => {
    next.current = wanted.value = { value };
    if (!isSending.current) void run();
  };
  return [wanted.value === undefined ? actual : wanted.value.value, want];
}
