import { afterAll, describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { createRandom } from '../../host-sim/world/random.js';
import { type ChainVerdict, checkCertificateChain } from '../../src/core/certificate-chain.js';
import { CA, type KeyKind, server, TestPki } from '../support/pki.js';

const ROUNDS = 5_000;
const CODES =
  /^(malformed|unsupported|wrong_name|not_a_server|not_a_ca|path_too_long|not_yet_valid|expired|bad_signature|untrusted)$/;

const pki = new TestPki();
afterAll(() => pki.close());
const crypto = createNodeCrypto();

/** Changes a certificate somewhere; the result may be the same by chance. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = random() % bytes.length;
  const copy = Uint8Array.from(bytes);
  switch (random() % 7) {
    case 0:
      copy[at]! ^= 1 << (random() % 8);
      return copy;
    case 1:
      copy[at] = random();
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Uint8Array.from([...copy.subarray(0, at), random() & 0xff, ...copy.subarray(at)]);
    case 4:
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + 1 + (random() % 4))]);
    case 5:
      return Uint8Array.from([...copy, random() & 0xff]);
    default:
      // A length or a tag more often than chance would have it.
      copy[elementAt(copy, random() % 60) + (random() % 2)]! += (random() % 5) - 2;
      return copy;
  }
}

/** Offset of the `count`th element, in the order of the bytes. */
function elementAt(bytes: Uint8Array, count: number): number {
  let at = 0;
  for (let seen = 0; seen < count && at + 1 < bytes.length; seen++) {
    const length = bytes[at + 1]!;
    const head = length < 0x80 ? 2 : 2 + (length & 0x7f);
    const isConstructed = (bytes[at]! & 0x20) !== 0;
    at += isConstructed ? head : head + (length < 0x80 ? length : 0);
  }
  return Math.min(at, bytes.length - 2);
}

describe.each<KeyKind>(['p256', 'rsa2048'])('%s: a certificate that was changed on its way', (key) => {
  const root = pki.issue({ subject: 'Root', key, extensions: CA });
  const intermediate = pki.issue({ subject: 'Intermediate', key, extensions: CA }, root);
  const leaf = pki.issue({ subject: 'x', key, extensions: server('DNS:a.example', 'IP:127.0.0.1') }, intermediate);
  const ask = (chain: readonly Uint8Array[], anchors = [root.der]): ChainVerdict =>
    checkCertificateChain(crypto, { chain, anchors, host: 'a.example', nowMs: Date.now(), isFloor: false });

  it('is never trusted, and never more than refused', () => {
    const random = createRandom(7);
    const next = (): number => random.uint32();
    const counts = new Map<string, number>();
    expect(ask([leaf.der, intermediate.der])).toMatchObject({ trusted: true });
    for (let round = 0; round < ROUNDS; round++) {
      const isLeaf = next() % 2 === 0;
      const original = isLeaf ? leaf.der : intermediate.der;
      const changed = mutate(original, next);
      const verdict = ask(isLeaf ? [changed, intermediate.der] : [leaf.der, changed]);
      if (verdict.trusted) expect(Buffer.from(changed), `round ${round}`).toEqual(Buffer.from(original));
      else expect(verdict.code).toMatch(CODES);
      const outcome = verdict.trusted ? 'trusted' : verdict.code;
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    // It went further than the first byte: to names, times, extensions and signatures.
    expect(counts.get('bad_signature')).toBeGreaterThan(ROUNDS / 10);
    expect(counts.size).toBeGreaterThan(5);
  });

  it('is no worse as a trust anchor: nothing but a verdict comes of it', () => {
    const random = createRandom(8);
    for (let round = 0; round < 1_000; round++) {
      const verdict = ask([leaf.der, intermediate.der], [mutate(root.der, () => random.uint32())]);
      if (!verdict.trusted) expect(verdict.code).toMatch(CODES);
    }
  });
});
