import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** Something that is asked for: what came last, whether it is asked for now, and why it did not come. */
export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Asks again; resolves when the answer is there. What came before stays until then. */
  readonly reload: () => Promise<void>;
}

/**
 * Asks once when it is drawn first, and again whenever one of `inputs` is another; an answer to an older question is dropped.
 * @param everyMs asks again so long after each answer, while the page is visible
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
  everyMs?: number,
): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ data: undefined, error: undefined, isLoading: true });
  const latest = useRef(load);
  latest.current = load;
  const running = useRef<AbortController | undefined>(undefined);

  const reload = useCallback(async () => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setState((before) => ({ ...before, isLoading: true }));
    try {
      const data = await latest.current(abort.signal);
      if (!abort.signal.aborted) setState({ data, error: undefined, isLoading: false });
    } catch (error) {
      if (!abort.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
    }
  }, []);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const askAgainLater = (): void => {
      if (everyMs === undefined || isOver) return;
      timer = setTimeout(async () => {
        if (!document.hidden) await reload();
        askAgainLater();
      }, everyMs);
    };
    void reload().then(askAgainLater);
    return () => {
      isOver = true;
      clearTimeout(timer);
      running.current?.abort();
    };
  }, [...inputs, everyMs]);

  return { ...state, reload };
}
