import { createHash } from 'node:crypto';
import { encodeHeader, HEADER_BYTES, type PackageHead, signHeader } from '../../host-sim/ota/package.js';
import type { Vector, VectorBoard, VectorFile } from './vector.js';
import { vectorKey } from './vector-keys.js';

const HEAD: PackageHead = {
  productKey: 'SW-SERVO-001',
  chip: 'ESP32',
  version: '1.2.0',
  floor: '1.0.0',
  required: 0b1,
};
const BOARD: VectorBoard = {
  productKey: 'SW-SERVO-001',
  chip: 'ESP32',
  version: '1.1.0',
  keys: [0, 1],
  required: 0b1,
  floor: '1.0.0',
  maxImageBytes: 64,
};
const IMAGE = Buffer.from('An image in a test vector.');
/** Where the count of signatures is, and the first of them. */
const COUNT_AT = HEADER_BYTES;
const R_AT = COUNT_AT + 2;
const S_AT = R_AT + 32;
const ZERO = Buffer.alloc(32);
/** The order of P-256 (SEC 2, 2.4.2). */
const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

const signer = (id: number, by: number | string = id) => ({ id, key: vectorKey(by).key });

interface Parts {
  readonly head?: Partial<PackageHead>;
  readonly image?: Buffer;
  readonly signers?: readonly ReturnType<typeof signer>[];
  /** Changes the header before it is signed. */
  readonly header?: (header: Buffer) => void;
  /** Changes the package after that. */
  readonly after?: (file: Buffer) => Buffer | undefined;
}

function make({ head, image = IMAGE, signers = [signer(0)], header, after }: Parts): Buffer {
  const bytes = encodeHeader({ ...HEAD, ...head }, image);
  header?.(bytes);
  const signatures = signers.map((one) => signHeader(bytes, one));
  const file = Buffer.concat([bytes, Buffer.of(signatures.length), ...signatures, image]);
  return after?.(file) ?? file;
}

function good(name: string, parts: Parts = {}, board: Partial<VectorBoard> = {}): Vector {
  const { image = IMAGE } = parts;
  const { version, floor, required } = { ...HEAD, ...parts.head };
  const sha256 = createHash('sha256').update(image).digest('hex');
  const taken = { version, floor, required, imageBytes: image.length, sha256 };
  return { name, package: make(parts).toString('hex'), board: { ...BOARD, ...board }, expected: { taken } };
}

function bad(refused: string, name: string, parts: Parts = {}, board: Partial<VectorBoard> = {}): Vector {
  return { name, package: make(parts).toString('hex'), board: { ...BOARD, ...board }, expected: { refused } };
}

/** Writes a text over a field with zeros behind it, whatever the text is. */
function text(from: number, to: number, value: string): (header: Buffer) => void {
  return (header) => {
    header.fill(0, from, to).write(value, from, 'latin1');
  };
}

const byte = (at: number, value: number) => (bytes: Buffer) => {
  bytes[at] = value;
  return undefined;
};
const flip = (at: number) => (bytes: Buffer) => {
  bytes[at]! ^= 1;
  return undefined;
};
const put = (at: number, value: Buffer) => (file: Buffer) => {
  value.copy(file, at);
  return undefined;
};
const [PRODUCT, CHIP, VERSION, FLOOR] = [
  [44, 76],
  [76, 92],
  [92, 128],
  [128, 164],
] as const;

const GOOD = [
  good('one key'),
  good('two keys, both required', { signers: [signer(0), signer(1)] }, { required: 0b11 }),
  good('the highest id', { signers: [signer(7)], head: { required: 0x80 } }, { keys: [7], required: 0x80 }),
  good('four signatures, in any order', { signers: [signer(5), signer(1), signer(0), signer(7)] }),
  good('a signature of a key that is not required is not looked at', {
    signers: [signer(0), signer(1)],
    after: put(R_AT + 65, Buffer.alloc(64)),
  }),
  good('a key that the board does not know has signed, too', { signers: [signer(3), signer(0)] }),
  good('the mask that the update brings names another key', { head: { required: 0b10 } }),
  good(
    'the longest texts',
    {
      head: {
        productKey: 'A234567890123456789012345678901_',
        version: '99999.99999.99999-rc.4567890123456',
        floor: '99999.99999.99999-rc.4567890123455',
      },
    },
    { productKey: 'A234567890123456789012345678901_' },
  ),
  good('the shortest texts', { head: { productKey: 'x', floor: '0.0.0' } }, { productKey: 'x', floor: null }),
  good('a floor that is the version', { head: { floor: '1.2.0' } }),
  good('the version is the board’s floor', {}, { floor: '1.2.0' }),
  good('a floor below that of the board', { head: { floor: '0.0.0' } }),
  good('a release after its candidate', {}, { version: '1.2.0-rc.9' }),
  good('candidates are ordered by number', { head: { version: '1.2.0-rc.10' } }, { version: '1.2.0-rc.9' }),
  good('numbers are ordered before letters', { head: { version: '1.2.0-a' } }, { version: '1.2.0-9' }),
  good('an image of one byte', { image: Buffer.of(0xe9) }),
  good('an image as large as the board takes', { image: Buffer.alloc(64, 0x5a) }),
];

const BAD_HEADERS = [
  bad('not_a_package', 'another magic', { header: flip(0) }),
  bad('unknown_format', 'format 0', { header: byte(4, 0) }),
  bad('unknown_format', 'format 2', { header: byte(4, 2) }),
  bad('malformed_package', 'a header that is said to be longer', { header: byte(7, 165) }),
  bad('malformed_package', 'a header that is said to be shorter', { header: byte(7, 163) }),
  bad('malformed_package', 'no key is required afterwards', { header: byte(5, 0) }),
  bad('malformed_package', 'an image of no bytes', { image: Buffer.alloc(0) }),
  bad('malformed_package', 'no product', { header: text(...PRODUCT, '') }),
  bad('malformed_package', 'a product with a space in it', { header: text(...PRODUCT, 'SW SERVO') }),
  bad('malformed_package', 'a product with a byte over 0x7e', { header: text(...PRODUCT, 'SW-SERVO-\u00e9') }),
  bad('malformed_package', 'a product with a dot in it', { header: text(...PRODUCT, 'SW.SERVO') }),
  bad('malformed_package', 'something behind the zeros of the product', { header: byte(75, 0x41) }),
  bad('malformed_package', 'no chip', { header: text(...CHIP, '') }),
  bad('malformed_package', 'a chip that no product has', { header: text(...CHIP, 'ESP32-P4') }),
  bad('malformed_package', 'something behind the zeros of the chip', { header: byte(91, 0x41) }),
  bad('malformed_package', 'no version', { header: text(...VERSION, '') }),
  bad('malformed_package', 'a version of two numbers', { header: text(...VERSION, '1.2') }),
  bad('malformed_package', 'a version with a v', { header: text(...VERSION, 'v1.2.0') }),
  bad('malformed_package', 'a version with six digits', { header: text(...VERSION, '1.2.100000') }),
  bad('malformed_package', 'a version with nothing behind its hyphen', { header: text(...VERSION, '1.2.0-') }),
  bad('malformed_package', 'a version that fills its field', { header: text(...VERSION, '1'.repeat(36)) }),
  bad('malformed_package', 'something behind the zeros of the version', { header: byte(127, 0x41) }),
  bad('malformed_package', 'no floor', { header: text(...FLOOR, '') }),
  bad('malformed_package', 'a floor that is no version', { header: text(...FLOOR, 'none') }),
  bad('malformed_package', 'something behind the zeros of the floor', { header: byte(163, 0x41) }),
  bad('malformed_package', 'a floor above the version', { head: { floor: '1.2.1' } }),
  bad('malformed_package', 'a floor above the version, which is a candidate', {
    head: { version: '1.2.0-rc.1', floor: '1.2.0' },
  }),
];

const BAD_SIGNATURES = [
  bad('malformed_package', 'no signature', { signers: [] }),
  bad('malformed_package', 'five signatures', { signers: [0, 1, 2, 3, 4].map((id) => signer(id)) }),
  bad('malformed_package', 'a key with the id 8', { signers: [signer(0), signer(8)] }),
  bad('malformed_package', 'a key twice', { signers: [signer(0), signer(0)] }),
  bad('wrong_signature', 'a bit of r is another', { after: flip(R_AT + 31) }),
  bad('wrong_signature', 'a bit of s is another', { after: flip(S_AT + 31) }),
  bad('wrong_signature', 'r and s are 0', { after: put(R_AT, Buffer.alloc(64)) }),
  bad('wrong_signature', 'r is 0', { after: put(R_AT, ZERO) }),
  bad('wrong_signature', 's is 0', { after: put(S_AT, ZERO) }),
  bad('wrong_signature', 'r is the order of the curve', { after: put(R_AT, ORDER) }),
  bad('wrong_signature', 's is the order of the curve', { after: put(S_AT, ORDER) }),
  bad('wrong_signature', 'r and s are as high as 32 bytes go', { after: put(R_AT, Buffer.alloc(64, 0xff)) }),
  bad('wrong_signature', 'the signature of another header', {
    after: put(R_AT, signHeader(encodeHeader({ ...HEAD, version: '1.2.1' }, IMAGE), signer(0)).subarray(1)),
  }),
  bad('wrong_signature', 'by somebody else under the id', { signers: [signer(0, 'stranger')] }),
  bad('wrong_signature', 'the ids of two signatures are exchanged', { signers: [signer(0, 1), signer(1, 0)] }),
  bad('wrong_signature', 'the version is another than was signed', { after: put(VERSION[0], Buffer.from('1.2.1')) }),
  bad('wrong_signature', 'the digest is another than was signed', { after: flip(12) }),
  bad('wrong_signature', 'the floor is another than was signed', { after: put(FLOOR[0], Buffer.from('0.9.0')) }),
  bad('wrong_signature', 'the mask is another than was signed', { after: byte(5, 0b11) }),
  bad(
    'wrong_signature',
    'of two required keys one holds',
    { signers: [signer(0), signer(1, 'stranger')] },
    { required: 0b11 },
  ),
  bad('signature_missing', 'by another key than is required', { signers: [signer(1)] }),
  bad('signature_missing', 'by one of two required keys', {}, { required: 0b11 }),
  bad('signature_missing', 'by a retired key alone', {}, { required: 0b10 }),
  bad(
    'key_unknown',
    'a key is required that the board does not know',
    { signers: [signer(0), signer(2)] },
    { required: 0b101 },
  ),
  bad('key_unknown', 'the board knows no key', {}, { keys: [], required: 0 }),
];

const NOT_FOR_THIS_BOARD = [
  bad('wrong_product', 'another product', { head: { productKey: 'SW-SERVO-002' } }),
  bad('wrong_product', 'a product whose name begins alike', { head: { productKey: 'SW-SERVO-001X' } }),
  bad('wrong_chip', 'another chip', { head: { chip: 'ESP32-S3' } }),
  bad('not_newer', 'the version that runs', {}, { version: '1.2.0' }),
  bad('not_newer', 'a version below', {}, { version: '1.10.0' }),
  bad('not_newer', 'a candidate of the release that runs', { head: { version: '1.2.0-rc.1' } }, { version: '1.2.0' }),
  bad('below_floor', 'a version below the floor', {}, { floor: '1.3.0' }),
  bad('below_floor', 'a candidate of the floor', { head: { version: '1.2.0-rc.1' } }, { floor: '1.2.0' }),
  bad('too_large', 'an image of a byte too much', { image: Buffer.alloc(65, 0x5a) }),
];

const BAD_FILES = [
  bad('cut_short', 'nothing', { after: () => Buffer.alloc(0) }),
  bad('cut_short', 'a part of the header', { after: (file) => file.subarray(0, 163) }),
  bad('cut_short', 'no count of signatures', { after: (file) => file.subarray(0, COUNT_AT) }),
  bad('cut_short', 'a part of a signature', { after: (file) => file.subarray(0, S_AT) }),
  bad('cut_short', 'no image', { after: (file) => file.subarray(0, S_AT + 32) }),
  bad('cut_short', 'an image without its last byte', { after: (file) => file.subarray(0, -1) }),
  bad('too_long', 'a byte behind the image', { after: (file) => Buffer.concat([file, Buffer.of(0)]) }),
  bad('wrong_digest', 'an image with another bit', { after: (file) => flip(file.length - 1)(file) }),
  bad('wrong_digest', 'another image of the same length', {
    after: (file) => put(S_AT + 32, Buffer.from('Another image altogether!!'))(file),
  }),
];

/** All vectors, signed anew: only what is signed is the same each time. */
export function makeVectors(): VectorFile {
  const ids = [0, 1, 2, 3, 4, 5, 6, 7];
  return {
    keys: Object.fromEntries(ids.map((id) => [String(id), vectorKey(id).point])),
    vectors: [...GOOD, ...BAD_HEADERS, ...BAD_SIGNATURES, ...NOT_FOR_THIS_BOARD, ...BAD_FILES],
  };
}
