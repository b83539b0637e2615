import { exportJWK, GeneralSign, type GenerateKeyPairResult, generateKeyPair } from 'jose';
import type { UpdateKeys } from '../../src/ports/settings.js';

/** A key that signs bundles. */
export interface BundleKey {
  readonly id: number;
  readonly privateKey: GenerateKeyPairResult['privateKey'];
  /** Base64 of the point. */
  readonly point: string;
}

/** A bundle as it is sent. */
export interface SignedBundle {
  payload: string;
  signatures: { protected?: string; header?: object; signature: string }[];
}

export async function makeBundleKey(id = 0): Promise<BundleKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const { x, y } = await exportJWK(publicKey);
  const bytes = [Buffer.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')];
  return { id, privateKey, point: Buffer.concat(bytes).toString('base64') };
}

/** What a build knows of these keys; of all of them it wants signatures. */
export function updateKeys(...keys: readonly BundleKey[]): UpdateKeys {
  const required = keys.reduce((mask, { id }) => mask | (1 << id), 0);
  return { keys: Object.fromEntries(keys.map(({ id, point }) => [String(id), point])), required };
}

/** Signs by `jose`, which is not ours. */
export async function sign(payload: unknown, ...keys: readonly BundleKey[]): Promise<SignedBundle> {
  const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const jws = new GeneralSign(bytes);
  for (const { id, privateKey } of keys)
    jws.addSignature(privateKey).setProtectedHeader({ alg: 'ES256', kid: String(id) });
  return (await jws.sign()) as SignedBundle;
}

/** The payload of a bundle about these environments. */
export function bundleOf(version: number, environments: object): object {
  return { type: 'smartlink-trust', version, environments };
}
