import { MAX_KEYS } from '../../src/core/jws.js';

/** The mask of key ids: 1 for id 0. */
export function maskOf(ids: readonly number[]): number {
  return ids.reduce((mask, id) => mask | (1 << id), 0);
}

/** The key ids of a mask, the lowest first. */
export function idsOf(mask: number): number[] {
  return Array.from({ length: MAX_KEYS }, (_, id) => id).filter((id) => (mask & (1 << id)) !== 0);
}

/** As a person reads it: `key 0`, `keys 0 and 3`. */
export function keysText(ids: readonly number[]): string {
  const text = new Intl.ListFormat('en').format(ids.map(String));
  return `${ids.length === 1 ? 'key' : 'keys'} ${text}`;
}
