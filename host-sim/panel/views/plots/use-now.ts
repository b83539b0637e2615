import { useEffect, useState } from 'preact/hooks';

/**
 * The time, ms since 1970, as it was at most `everyMs` ago. It stands while nobody looks at the page, and while it is stopped.
 * @param version where this is another one, the time is read at once
 */
export function useNow(everyMs: number, isStopped: boolean, version: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (isStopped) return undefined;
    const tick = (): void => {
      if (!document.hidden) setNow(Date.now());
    };
    tick();
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs, isStopped, version]);
  return now;
}
