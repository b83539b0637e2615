import { useSignal } from '@preact/signals';
import type { ButtonHTMLAttributes } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** What a finger on a button of the page does to a button of a board. */
interface Finger {
  /** Since when it is down, ms by `performance.now()`; undefined: it is not. */
  readonly downSince: number | undefined;
  readonly handlers: ButtonHTMLAttributes<HTMLButtonElement>;
}

/** Keys that press a button. */
const KEYS: readonly string[] = [' ', 'Enter'];

/**
 * Presses as long as a finger, the mouse or a key is down. Whatever takes the finger away lets go: leaving the button, Escape, the focus
 * going elsewhere, the page being hidden or left.
 * @param onTap a press without a length, as a screen reader makes it
 */
export function useFinger(onDown: () => void, onUp: () => void, onTap: () => void): Finger {
  const since = useSignal<number | undefined>(undefined);
  const latest = useRef({ onDown, onUp });
  latest.current = { onDown, onUp };
  const down = (): void => {
    if (since.peek() !== undefined) return;
    since.value = performance.now();
    latest.current.onDown();
  };
  const up = (): void => {
    if (since.peek() === undefined) return;
    since.value = undefined;
    latest.current.onUp();
  };

  useEffect(() => {
    const onHidden = (): void => {
      if (document.hidden) up();
    };
    document.addEventListener('visibilitychange', onHidden);
    addEventListener('blur', up);
    addEventListener('pagehide', up);
    return () => {
      document.removeEventListener('visibilitychange', onHidden);
      removeEventListener('blur', up);
      removeEventListener('pagehide', up);
      up();
    };
  }, []);

  return {
    downSince: since.value,
    handlers: {
      onPointerDown: (event) => {
        if (event.button === 0) down();
      },
      onPointerUp: up,
      onPointerLeave: up,
      onPointerCancel: up,
      onBlur: up,
      onContextMenu: (event) => event.preventDefault(),
      onKeyDown: (event) => {
        if (event.key === 'Escape') up();
        if (!KEYS.includes(event.key)) return;
        event.preventDefault();
        if (!event.repeat) down();
      },
      onKeyUp: (event) => {
        if (!KEYS.includes(event.key)) return;
        event.preventDefault();
        up();
      },
      onClick: (event) => {
        // Of a click that a finger or a key made, all is done: that one has a length, or never comes.
        if (event.detail === 0) onTap();
      },
    },
  };
}
