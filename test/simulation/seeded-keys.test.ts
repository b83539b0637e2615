import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawEcKeys, rsaKeysAt, signAlike } from '../../host-sim/simulation/seeded-keys.js';
import { SeededRandom } from '../../host-sim/simulation/seeded-random.js';

const pem = (seed: number): string =>
  drawEcKeys(new SeededRandom(seed)).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the keys of a world', () => {
  it('follow from its seed', () => {
    expect(pem(1)).toBe(pem(1));
    expect(pem(1)).not.toBe(pem(2));
  });

  it('sign the same message the same way, and OpenSSL takes it', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { privateKey, publicKey } = drawEcKeys(new SeededRandom(seed));
      const message = Buffer.from(`message ${seed}`);
      const signature = signAlike(message, privateKey)!;
      expect(signAlike(message, privateKey)).toEqual(signature);
      expect(verify('sha256', message, publicKey, signature)).toBe(true);
      expect(verify('sha256', Buffer.from('another'), publicKey, signature)).toBe(false);
    }
  });

  it('of RSA are whole ones of 2048 bits, the same in every world', () => {
    const { privateKey, publicKey } = rsaKeysAt(0, (place) => new SeededRandom(place));
    expect(privateKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2_048, publicExponent: 65_537n });
    const message = Buffer.from('message');
    expect(verify('sha256', message, publicKey, sign('sha256', message, privateKey))).toBe(true);
    const read = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(createPublicKey(read).equals(publicKey)).toBe(true);
    expect(rsaKeysAt(4, (place) => new SeededRandom(place)).publicKey.equals(publicKey)).toBe(true);
  });
});
