import { type Activation, readStoredActivation } from '../core/activation-answer.js';
import { isObject } from '../core/json-guard.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord, MAX_RECORD_BYTES } from '../records/json-record.js';

/** Key of the record of a board's activation. */
export const ACTIVATION_RECORD = 'activation';

/** An activation as it is kept: with those of other clouds, to which the board may be led back. */
export interface StoredActivation extends Activation {
  /** The latest first. */
  readonly earlier?: readonly Activation[];
}

/** As many clouds as there are environments. */
const MOST_EARLIER = 2;

/** The record of a board's activation: one atomic write, or none. */
export function activationRecord(secrets: RecordStorage, text: Text): JsonRecord<StoredActivation> {
  return new JsonRecord<StoredActivation>(secrets, text, ACTIVATION_RECORD, (value) => {
    const latest = readStoredActivation(value);
    const earlier = latest && readEarlier(value['earlier']);
    return earlier ? { ...latest, earlier } : latest;
  });
}

/** What is to be kept once a cloud has given `activation`: of the others, those that there is room for. Texts of it are ASCII. */
export function withActivation(activation: Activation, before: StoredActivation | undefined): StoredActivation {
  const earlier: Activation[] = [];
  let room = MAX_RECORD_BYTES - JSON.stringify(activation).length - 100;
  for (const other of before === undefined ? [] : [withoutEarlier(before), ...(before.earlier ?? [])]) {
    if (other.apiUrl === activation.apiUrl || earlier.length === MOST_EARLIER) continue;
    room -= JSON.stringify(other).length + 1;
    if (room > 0) earlier.push(other);
  }
  return earlier.length === 0 ? activation : { ...activation, earlier };
}

/** What the cloud with that API has given. One that does not say from where it is, is of `defaultUrl`. */
export function activationOf(
  stored: StoredActivation | undefined,
  apiUrl: string,
  defaultUrl: string,
): Activation | undefined {
  if (stored === undefined || (stored.apiUrl ?? defaultUrl) === apiUrl) return stored;
  return stored.earlier?.find((other) => other.apiUrl === apiUrl);
}

function withoutEarlier({ earlier: _, ...activation }: StoredActivation): Activation {
  return activation;
}

function readEarlier(value: unknown): Activation[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const earlier: Activation[] = [];
  for (const entry of value.slice(0, MOST_EARLIER)) {
    const activation = isObject(entry) ? readStoredActivation(entry) : undefined;
    if (activation !== undefined) earlier.push(activation);
  }
  return earlier;
}
