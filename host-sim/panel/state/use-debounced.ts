import { useEffect, useState } from 'preact/hooks';

/** The value once it has been the same for so long, ms: what is typed is asked for when the hands rest. */
export function useDebounced<T>(value: T, ms = 250): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
