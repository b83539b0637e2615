import { isObject, MAX_JSON_DEPTH, nestsWithin } from '../../../../src/core/json-guard.js';
import { type JsonFault, jsonFault } from '../../input/json-fault.js';

/** What the cloud takes as the body of a command, bytes as UTF-8. */
export const MOST_BYTES = 2_048;

export type RawProblem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly fault: JsonFault }
  | { readonly kind: 'no object' }
  | { readonly kind: 'too deep'; readonly most: number }
  | { readonly kind: 'too long'; readonly bytes: number };

/** A command as a person wrote it: the body as it will be sent, or why it will not be. */
export function readRawCommand(
  text: string,
): { readonly body: Record<string, unknown> } | { readonly problem: RawProblem } {
  if (text.trim() === '') return { problem: { kind: 'empty' } };
  const fault = jsonFault(text);
  if (fault) return { problem: { kind: 'json', fault } };
  if (!nestsWithin(text, MAX_JSON_DEPTH)) return { problem: { kind: 'too deep', most: MAX_JSON_DEPTH } };
  const body: unknown = JSON.parse(text);
  if (!isObject(body)) return { problem: { kind: 'no object' } };
  const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
  return bytes > MOST_BYTES ? { problem: { kind: 'too long', bytes } } : { body };
}
