import { decodeBase64Url } from './base64.js';
import type { Crypto } from './crypto.js';
import { WrongField } from './environment.js';
import { isObject, parseJsonObject } from './json-guard.js';
import { isRawEcdsaSignature } from './signature.js';
import type { Text } from './text.js';

/** Keys that may sign. */
export interface SigningKeys {
  /** Points of P-256 (65 bytes) by their ids, 0 to 7. */
  readonly points: readonly (Uint8Array | undefined)[];
  /** Bits of the ids that must all have signed, 1 for id 0. With none, or with one that has no key, nothing is taken. */
  readonly required: number;
}

/** How many keys there may be. */
export const MAX_KEYS = 8;
const SIGNATURE_BYTES = 64;

/**
 * The payload of a JWS in general JSON serialization (RFC 7515, 7.2.1) that every required key has signed by ES256. Each
 * signature has the protected header `{"alg":"ES256","kid":"0"}` and nothing else, with the key's id; those of further keys are
 * not looked at.
 * @param name what it is called in sentences
 * @throws {WrongField} where one of its fields is wrong, or a signature is missing or does not hold
 */
export function verifyJws(crypto: Crypto, text: Text, keys: SigningKeys, jws: unknown, name: string): string {
  if (!isObject(jws)) throw new WrongField(`${name} must be an object with "payload" and "signatures"`);
  const { payload, signatures } = jws;
  const bytes = typeof payload === 'string' ? decodeBase64Url(payload) : undefined;
  if (bytes === undefined) throw new WrongField(`${name}.payload must be base64url`);
  if (!Array.isArray(signatures) || signatures.length === 0 || signatures.length > MAX_KEYS) {
    throw new WrongField(`${name}.signatures must be a list of 1 to ${MAX_KEYS}`);
  }
  let seen = 0;
  let held = 0;
  signatures.forEach((entry: unknown, index) => {
    const field = `${name}.signatures[${index}]`;
    const { id, protectedHeader, signature } = readSignature(text, entry, field);
    const bit = 1 << id;
    if ((seen & bit) !== 0) throw new WrongField(`${field} is a second one of key ${id}`);
    seen |= bit;
    const point = keys.points[id];
    if ((keys.required & bit) === 0 || point === undefined) return;
    const message = asciiBytes(`${protectedHeader}.${payload}`);
    if (!isRawEcdsaSignature(crypto, { kind: 'ec', point }, message, signature)) {
      throw new WrongField(`${field} does not hold: it is not of the key ${id} that this board knows`);
    }
    held |= bit;
  });
  if (keys.required === 0 || held !== keys.required) {
    throw new WrongField(`${name}.signatures lacks that of a key which this board wants: ${idsOf(keys.required)}`);
  }
  try {
    return text.decode(bytes, 0, bytes.length);
  } catch {
    throw new WrongField(`${name}.payload is not UTF-8`);
  }
}

interface SignatureEntry {
  readonly id: number;
  /** As it is signed: base64url. */
  readonly protectedHeader: string;
  readonly signature: Uint8Array;
}

function readSignature(text: Text, entry: unknown, field: string): SignatureEntry {
  if (!isObject(entry)) throw new WrongField(`${field} must be an object with "protected" and "signature"`);
  const { protected: protectedHeader, signature, header } = entry;
  if (header !== undefined) throw new WrongField(`${field}.header must be left out: it is not signed`);
  if (typeof protectedHeader !== 'string') throw new WrongField(`${field}.protected must be base64url`);
  const id = readKeyId(text, protectedHeader);
  if (id < 0) {
    throw new WrongField(
      `${field}.protected must be {"alg":"ES256","kid":"0"} with a key id from 0 to ${MAX_KEYS - 1}`,
    );
  }
  const bytes = typeof signature === 'string' ? decodeBase64Url(signature) : undefined;
  if (bytes?.length !== SIGNATURE_BYTES) {
    throw new WrongField(`${field}.signature must be the base64url of ${SIGNATURE_BYTES} bytes`);
  }
  return { id, protectedHeader, signature: bytes };
}

/** The id in a protected header; −1 where that is not exactly as it must be: what is not known here may be critical. */
function readKeyId(text: Text, protectedHeader: string): number {
  const bytes = decodeBase64Url(protectedHeader);
  if (bytes === undefined) return -1;
  let header: Record<string, unknown> | undefined;
  try {
    header = parseJsonObject(text.decode(bytes, 0, bytes.length));
  } catch {
    return -1;
  }
  if (header === undefined || Object.keys(header).length !== 2 || header['alg'] !== 'ES256') return -1;
  const { kid } = header;
  return typeof kid === 'string' && /^[0-7]$/.test(kid) ? Number(kid) : -1;
}

/** The bytes of text that is ASCII: both halves have been read as base64url. */
function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function idsOf(mask: number): string {
  const ids: number[] = [];
  for (let id = 0; id < MAX_KEYS; id++) if ((mask & (1 << id)) !== 0) ids.push(id);
  return ids.length === 0 ? 'it knows none' : ids.join(', ');
}
