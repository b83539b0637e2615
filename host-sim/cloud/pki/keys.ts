import { KeyObject, webcrypto } from 'node:crypto';

export interface KeyPair {
  readonly publicKey: webcrypto.CryptoKey;
  readonly privateKey: KeyObject;
}

/** ECDSA on P-256: small and quick for boards to check, and what XS agrees to. */
export async function makeEcKeys(): Promise<KeyPair> {
  return keyPair(await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']));
}

/** RSA-2048: the only key with which XS can show a client certificate. */
export async function makeRsaKeys(): Promise<KeyPair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2_048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: 'SHA-256',
  };
  return keyPair(await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']));
}

export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyPair({ publicKey, privateKey }: webcrypto.CryptoKeyPair): KeyPair {
  return { publicKey, privateKey: KeyObject.from(privateKey) };
}
