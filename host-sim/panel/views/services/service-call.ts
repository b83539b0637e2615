import { jsonFault } from '../../input/json-fault.js';

/** Most bytes of a call's parameters, as the API takes them. */
export const MOST_PARAM_BYTES = 3_840;

export type ParamsFault =
  /** Where it stops being JSON, from 1. */
  | { readonly kind: 'json'; readonly line: number; readonly column: number }
  | { readonly kind: 'no object' }
  | { readonly kind: 'too long' };

/** Parameters of a call as they were typed; no text says that there are none. */
export function readParams(text: string): { readonly value: object | null } | { readonly fault: ParamsFault } {
  if (text.trim() === '') return { value: null };
  // Blanks do not count for the API, but nobody types so many.
  if (text.length > 4 * MOST_PARAM_BYTES) return { fault: { kind: 'too long' } };
  const found = jsonFault(text);
  if (found) return { fault: { kind: 'json', line: found.line, column: found.column } };
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object') return { fault: { kind: 'no object' } };
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  return bytes > MOST_PARAM_BYTES ? { fault: { kind: 'too long' } } : { value };
}

/** What a board answered: 200 is yes, any other code no. */
export interface ServiceReply {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

/** A call and what came of it. */
export interface ServiceCall {
  readonly id: number;
  readonly service: string;
  readonly params: object | null;
  /** ms since 1970. */
  readonly sentAt: number;
  /** Until the answer, ms; undefined: it is awaited. */
  readonly tookMs?: number;
  /** Of the board. */
  readonly reply?: ServiceReply;
  /** Of the cloud, where the board was not reached. */
  readonly error?: unknown;
}

/** A value as text, cut where it is long: what a board answers has no bound that a page would like. */
export function shownJson(value: unknown, most = 8_000): string {
  const text = JSON.stringify(value, null, 2) ?? '';
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
