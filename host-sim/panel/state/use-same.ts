import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';

/**
 * A part of what signals tell; who reads it is drawn again only when one of its fields is another, not with each message.
 * @param inputs what else the part is made of
 */
export function useSame<T>(part: () => T, inputs: readonly unknown[] = []): T {
  return useMemo(() => {
    let last: { readonly value: T } | undefined;
    return computed(() => {
      const value = part();
      if (last === undefined || !isSame(last.value, value)) last = { value };
      return last.value;
    });
  }, inputs).value;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.is(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
