import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * When what has the focus in a list is drawn no longer, the focus goes to `fallback` and not to the top of the page.
 * @returns what the list calls `onFocusIn`
 */
export function useFocusKept(fallback: RefObject<HTMLElement | null>): (event: FocusEvent) => void {
  const focused = useRef<EventTarget | null>(null);
  useEffect(() => {
    const { current } = focused;
    if (!(current instanceof HTMLElement) || current.isConnected) return;
    focused.current = null;
    if (document.activeElement === document.body) fallback.current?.focus();
  });
  return ({ target }) => {
    focused.current = target;
  };
}
