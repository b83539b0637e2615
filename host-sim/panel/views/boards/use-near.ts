import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** What is this near to what is seen is drawn, in parts of the window's height. */
const MARGIN = '60% 0px';

interface Nearness {
  readonly isNear: boolean;
  /** How high it was when it was drawn last, px; undefined: it has not been. */
  readonly heightPx: number | undefined;
}

const listeners = new WeakMap<Element, (entry: IntersectionObserverEntry) => void>();
let observer: IntersectionObserver | undefined;

/** Whether an element is seen, or nearly. One observer looks for all. */
export function useNear(element: RefObject<Element | null>): Nearness {
  const [nearness, setNearness] = useState<Nearness>({ isNear: false, heightPx: undefined });
  useEffect(() => {
    const observed = element.current!;
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) listeners.get(entry.target)?.(entry);
      },
      { rootMargin: MARGIN },
    );
    listeners.set(observed, ({ isIntersecting, boundingClientRect }) => {
      setNearness((before) =>
        before.isNear === isIntersecting
          ? before
          : { isNear: isIntersecting, heightPx: before.isNear ? boundingClientRect.height : before.heightPx },
      );
    });
    observer.observe(observed);
    return () => {
      observer!.unobserve(observed);
      listeners.delete(observed);
    };
  }, []);
  return nearness;
}
