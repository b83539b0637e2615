/** P-256 (SEC 2, 2.4.2: secp256r1): y² = x³ − 3x + b over the integers modulo p; its points are n. */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Bytes of a coordinate, and of a number modulo n. */
export const P256_BYTES = 32;

/** Whether 65 bytes are a point of the curve, uncompressed (SEC 1, 2.3.3). The point at infinity has no such form. */
export function isP256Point(point: Uint8Array): boolean {
  if (point.length !== 1 + 2 * P256_BYTES || point[0] !== 4) return false;
  const x = numberAt(point, 1);
  const y = numberAt(point, 1 + P256_BYTES);
  return x < P && y < P && (y * y - (x * x - 3n) * x - B) % P === 0n;
}

/** Whether 32 bytes are a number from 1 to n − 1. */
export function isP256Scalar(bytes: Uint8Array): boolean {
  const number = numberAt(bytes, 0);
  return number > 0n && number < N;
}

function numberAt(bytes: Uint8Array, offset: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, P256_BYTES);
  const high = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  const low = (view.getBigUint64(16) << 64n) | view.getBigUint64(24);
  return (high << 128n) | low;
}
