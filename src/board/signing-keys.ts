import { decodeBase64 } from '../core/base64.js';
import { MAX_KEYS, type SigningKeys } from '../core/jws.js';
import { isP256Point } from '../core/p256.js';
import type { UpdateKeys } from '../ports/settings.js';

/**
 * The keys of a build, read when they are needed; what is no point of P-256 is no key.
 * @param required which of them must have signed, by the last update that has proven itself; absent: those that the build says
 */
export function signingKeys(update: UpdateKeys | undefined, required?: number): SigningKeys {
  const points: (Uint8Array | undefined)[] = [];
  for (let id = 0; id < MAX_KEYS; id++) {
    const point = decodeBase64(update?.keys[String(id)] ?? '');
    points.push(point !== undefined && isP256Point(point) ? point : undefined);
  }
  return { points, required: update === undefined ? 0 : (required ?? update.required ?? 1) };
}
