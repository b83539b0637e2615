import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { SigningKeys } from '../../../src/core/jws.js';

/** A key that may sign updates. */
export interface UpdateKey {
  readonly id: number;
  readonly privateKey: KeyObject;
  /** 65 bytes, as boards know it. */
  readonly point: Uint8Array;
}

/** Makes a key of P-256. */
export function updateKey(id: number): UpdateKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id, privateKey, point: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)) };
}

/** What a board knows that wants all of these keys, and knows those of `others`, too. */
export function knownKeys(wanted: readonly UpdateKey[], others: readonly UpdateKey[] = []): SigningKeys {
  const points: (Uint8Array | undefined)[] = new Array(8).fill(undefined);
  for (const { id, point } of [...wanted, ...others]) points[id] = point;
  return { points, required: wanted.reduce((mask, { id }) => mask | (1 << id), 0) };
}

/** Fields of a header, as they stand there; what is not as it should be is written all the same. */
export interface HeaderFields {
  readonly magic: string;
  readonly format: number;
  readonly required: number;
  readonly headerBytes: number;
  readonly imageBytes: number;
  readonly digest: Uint8Array;
  readonly productKey: string;
  readonly chip: string;
  readonly version: string;
  readonly floor: string;
}

/** The header of a package for `SW-SERVO-001`. */
export function packageHeader(image: Uint8Array, fields: Partial<HeaderFields> = {}): Buffer {
  const version = fields.version ?? '1.1.0';
  const header = Buffer.alloc(164);
  header.write(fields.magic ?? 'SLFW', 0, 'latin1');
  header.writeUInt8(fields.format ?? 1, 4);
  header.writeUInt8(fields.required ?? 1, 5);
  header.writeUInt16BE(fields.headerBytes ?? 164, 6);
  header.writeUInt32BE(fields.imageBytes ?? image.length, 8);
  header.set(fields.digest ?? createHash('sha256').update(image).digest(), 12);
  header.write(fields.productKey ?? 'SW-SERVO-001', 44, 32, 'latin1');
  header.write(fields.chip ?? 'ESP32', 76, 16, 'latin1');
  header.write(version, 92, 36, 'latin1');
  header.write(fields.floor ?? '1.0.0', 128, 36, 'latin1');
  return header;
}

/** A signature with the id of its key, as it stands in a package. */
export function signatureOf(header: Uint8Array, { id, privateKey }: UpdateKey): Buffer {
  return Buffer.concat([Buffer.of(id), sign('sha256', header, { key: privateKey, dsaEncoding: 'ieee-p1363' })]);
}

/** Header and signatures. */
export function packageHead(header: Uint8Array, keys: readonly UpdateKey[]): Buffer {
  return Buffer.concat([header, Buffer.of(keys.length), ...keys.map((key) => signatureOf(header, key))]);
}

/** A whole package. */
export function packageOf(image: Uint8Array, keys: readonly UpdateKey[], fields: Partial<HeaderFields> = {}): Buffer {
  return Buffer.concat([packageHead(packageHeader(image, fields), keys), image]);
}

/** Bytes of which no block is like another. */
export function imageOf(bytes: number, seed = 1): Buffer {
  const image = Buffer.alloc(bytes);
  let state = seed;
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    image[at] = state >>> 16;
  }
  return image;
}
