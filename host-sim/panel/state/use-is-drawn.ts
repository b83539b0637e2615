import { useCallback, useEffect, useRef } from 'preact/hooks';

/** Tells, whenever it is asked, whether what uses it is still in the page. */
export function useIsDrawn(): () => boolean {
  const isDrawn = useRef(true);
  useEffect(() => {
    isDrawn.current = true;
    return () => {
      isDrawn.current = false;
    };
  }, []);
  return useCallback(() => isDrawn.current, []);
}
