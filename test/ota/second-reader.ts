import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Vector, VectorBoard } from './vector.js';

/** What the DER of a public key of P-256 begins with, before its point (RFC 5480, 2). */
const SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const VERSION = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:-([0-9A-Za-z.-]{1,16}))?$/;

class Refused extends Error {}

function refuseIf(isWrong: boolean, why: string): void {
  if (isWrong) throw new Refused(why);
}

/** A reader of packages after docs/ota-package.md alone: it shares nothing with the firmware’s own. */
export function readPackage(
  file: Buffer,
  board: VectorBoard,
  points: Readonly<Record<string, string>>,
): Vector['expected'] {
  try {
    return { taken: read(file, board, points) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function read(file: Buffer, board: VectorBoard, points: Readonly<Record<string, string>>) {
  refuseIf(file.length < 165, 'cut_short');
  const header = file.subarray(0, 164);
  refuseIf(header.toString('latin1', 0, 4) !== 'SLFW', 'not_a_package');
  refuseIf(header[4] !== 1, 'unknown_format');
  const required = header[5]!;
  const imageBytes = header.readUInt32BE(8);
  refuseIf(required === 0 || header.readUInt16BE(6) !== 164 || imageBytes === 0, 'malformed_package');
  const [product, chip, version, floor] = [
    field(header, 44, 76),
    field(header, 76, 92),
    field(header, 92, 128),
    field(header, 128, 164),
  ];
  refuseIf(!/^[A-Za-z0-9_-]+$/.test(product) || !['ESP32', 'ESP32-C3', 'ESP32-S3'].includes(chip), 'malformed_package');
  refuseIf(!VERSION.test(version) || !VERSION.test(floor) || compare(floor, version) > 0, 'malformed_package');

  const count = file[164]!;
  refuseIf(count < 1 || count > 4, 'malformed_package');
  const imageAt = 165 + 65 * count;
  refuseIf(file.length < imageAt, 'cut_short');
  const signatures = new Map<number, Buffer>();
  for (let at = 165; at < imageAt; at += 65) {
    refuseIf(file[at]! > 7 || signatures.has(file[at]!), 'malformed_package');
    signatures.set(file[at]!, file.subarray(at + 1, at + 65));
  }
  const wanted = [0, 1, 2, 3, 4, 5, 6, 7].filter((id) => (board.required & (1 << id)) !== 0);
  refuseIf(wanted.length === 0, 'key_unknown');
  for (const id of wanted) {
    refuseIf(!board.keys.includes(id), 'key_unknown');
    refuseIf(!signatures.has(id), 'signature_missing');
    refuseIf(!holds(header, signatures.get(id)!, points[id]!), 'wrong_signature');
  }

  refuseIf(product !== board.productKey, 'wrong_product');
  refuseIf(chip !== board.chip, 'wrong_chip');
  refuseIf(compare(version, board.version) <= 0, 'not_newer');
  refuseIf(board.floor !== null && compare(version, board.floor) < 0, 'below_floor');
  refuseIf(imageBytes > board.maxImageBytes, 'too_large');

  const image = file.subarray(imageAt);
  refuseIf(image.length < imageBytes, 'cut_short');
  refuseIf(image.length > imageBytes, 'too_long');
  const sha256 = createHash('sha256').update(image).digest('hex');
  refuseIf(sha256 !== header.toString('hex', 12, 44), 'wrong_digest');
  return { version, floor, required, imageBytes, sha256 };
}

function field(header: Buffer, from: number, to: number): string {
  const [, text] = /^([\x21-\x7e]+)\0*$/.exec(header.toString('latin1', from, to)) ?? [];
  refuseIf(text === undefined, 'malformed_package');
  return text!;
}

function holds(header: Buffer, signature: Buffer, point: string): boolean {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((bytes) =>
    BigInt(`0x${bytes.toString('hex')}`),
  );
  if (![r!, s!].every((number) => number > 0n && number < ORDER)) return false;
  const key = createPublicKey({
    key: Buffer.concat([SPKI, Buffer.from(point, 'base64')]),
    format: 'der',
    type: 'spki',
  });
  return verify('sha256', header, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** Semantic Versioning 2.0.0, clause 11. */
function compare(one: string, other: string): number {
  const [, ...a] = VERSION.exec(one)!;
  const [, ...b] = VERSION.exec(other)!;
  for (let at = 0; at < 3; at++) if (Number(a[at]) !== Number(b[at])) return Number(a[at]) - Number(b[at]);
  if (a[3] === undefined || b[3] === undefined) return Number(a[3] === undefined) - Number(b[3] === undefined);
  const [left, right] = [a[3].split('.'), b[3].split('.')];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = compareIdentifiers(left[at]!, right[at]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareIdentifiers(one: string, other: string): number {
  const [isNumber, otherIsNumber] = [one, other].map((text) => /^\d+$/.test(text));
  if (isNumber && otherIsNumber) return Number(BigInt(one) - BigInt(other));
  if (isNumber !== otherIsNumber) return isNumber ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}
