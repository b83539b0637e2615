import { useEffect, useState } from 'preact/hooks';

const TICK_MS = 1_000;

/** The time, ms since 1970, once a second. @param until it need not be told beyond; undefined: not at all */
export function useNow(until: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (until === undefined) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [until]);
  return now;
}
