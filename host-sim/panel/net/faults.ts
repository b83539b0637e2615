import { ApiError, sentenceOf } from './api-error.js';

/** A refused form: what is said beside a field, and what concerns none of them. */
export interface Faults {
  readonly of: (field: string) => string | undefined;
  /** Undefined: a field says it, or nothing was refused. */
  readonly other: unknown;
}

/**
 * Finds the field that an error is about. The API's sentences begin with its name (`name must NOT have more than 128 characters`).
 * @param words error words that concern one field, whatever their sentence: `{product_exists: 'productKey'}`
 */
export function faultsOf(
  error: unknown,
  fields: readonly string[],
  words: Readonly<Record<string, string>> = {},
): Faults {
  if (!(error instanceof ApiError)) return { of: () => undefined, other: error };
  const named = words[error.word] ?? /^[A-Za-z]+(?=[ .])/.exec(error.message)?.[0];
  const field = fields.find((one) => one === named);
  if (field === undefined) return { of: () => undefined, other: error };
  return { of: (one) => (one === field ? sentenceOf(error) : undefined), other: undefined };
}
