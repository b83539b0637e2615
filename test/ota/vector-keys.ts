import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto';

/** A key of the test vectors. Everybody knows it. */
export interface VectorKey {
  readonly key: KeyObject;
  /** Base64 of its point. */
  readonly point: string;
}

/** The key of an id: its private number is the SHA-256 of the text `smartlink test key ID`. */
export function vectorKey(id: number | string): VectorKey {
  const d = createHash('sha256').update(`smartlink test key ${id}`).digest();
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((bytes) => bytes.toString('base64url'));
  const jwk = { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x: x!, y: y! };
  return { key: createPrivateKey({ key: jwk, format: 'jwk' }), point: point.toString('base64') };
}
