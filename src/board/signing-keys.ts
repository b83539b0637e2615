import { decodeBase64 } from '../core/base64.js';
import { MAX_KEYS, type SigningKeys } from '../core/jws.js';
import { isP256Point } from '../core/p256.js';
import type { UpdateKeys } from '../ports/settings.js';

/** The keys of a build, read when they are needed; what is no point of P-256 is no key. */
export function signingKeys(update: UpdateKeys | undefined): SigningKeys {
  const points: (Uint8Array | undefined)[] = [];
  for (let id = 0; id < MAX_KEYS; id++) {
    const point = decodeBase64(update?.keys[String(id)] ?? '');
    points.push(point !== undefined && isP256Point(point) ? point : undefined);
  }
  return { points, required: update === undefined ? 0 : (update.required ?? 1) };
}
