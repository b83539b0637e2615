import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { BridgeCrypto } from '../../host-sim/xs/bridge-crypto.js';
import { GuestCrypto } from '../../host-sim/xs/guest-crypto.js';
import { Outgoing } from '../../host-sim/xs/guest-wire.js';
import { RecordReader } from '../../host-sim/xs/record-reader.js';
import type { Crypto } from '../../src/ports/crypto.js';
import { addXsBigInt, p256, sdkCrypto } from '../scripts/sdk-crypto.js';
import { loadAdapter } from '../scripts/xs-modules.js';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));
const base64url = (value: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(value!, 'base64url'));

interface Made {
  readonly crypto: Crypto;
  close(): void;
}

function onNode(): Made {
  return { crypto: createNodeCrypto(), close: () => {} };
}

/** A guest's cryptography with its bridge in this engine. */
function bridged(): Made {
  const bridge = new BridgeCrypto(createNodeCrypto());
  const engine = globalThis as { issueCommand?: (message: ArrayBuffer) => ArrayBuffer };
  engine.issueCommand = (message) => {
    const from = new RecordReader(new Uint8Array(message));
    let answer: Uint8Array = Uint8Array.of(0);
    while (from.more) {
      const opcode = from.u8();
      if (!bridge.act(opcode, from)) answer = bridge.ask(opcode, from) ?? answer;
    }
    return Uint8Array.from(answer).buffer;
  };
  return { crypto: new GuestCrypto(new Outgoing()), close: () => delete engine.issueCommand };
}

/** The chip's adapter over arithmetic in the place of the SDK's. */
async function onChip(): Promise<Made> {
  const { XsCrypto } = await loadAdapter<{ XsCrypto: new () => Crypto }>('crypto.ts', sdkCrypto);
  return { crypto: new XsCrypto(), close: addXsBigInt() };
}

const numberBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

/** A key for which r and s = 1 sign a digest, where r is x − n: Q = (R − e·G) / r, for a point R with x over n. */
function keyForLargeX(digest: Uint8Array): { point: Uint8Array; r: Uint8Array } {
  const { P, N, G, Point, power } = p256;
  for (let r = 1n; ; r++) {
    const x = N + r;
    const square = (x * x * x - 3n * x + 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn) % P;
    const y = power(square, (P + 1n) / 4n, P);
    if ((y * y) % P !== square) continue;
    const e = BigInt(`0x${hexOf(digest)}`) % N;
    const { X, Y } = new Point(x, y).plus(G.times(N - e)).times(power(r, N - 2n, N));
    return { point: Uint8Array.of(4, ...numberBytes(X), ...numberBytes(Y)), r: Uint8Array.from(numberBytes(r)) };
  }
}

describe.each<[string, () => Made | Promise<Made>]>([
  ['Node', onNode],
  ['a guest and its bridge', bridged],
  ['a chip', onChip],
])('cryptography of %s', (_name, make) => {
  let crypto: Crypto;
  let close: () => void;
  beforeAll(async () => {
    ({ crypto, close } = await make());
  });
  afterAll(() => close());

  it('has SHA-256 (FIPS 180-4), whole and in pieces', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(hexOf(crypto.sha256(text('abc')))).toBe(abc);
    expect(hexOf(crypto.sha256(text('')))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const [one, other] = [crypto.createSha256(), crypto.createSha256()];
    one.update(text('a'));
    other.update(text('other'));
    one.update(text(''));
    one.update(text('bc'));
    expect(hexOf(one.digest())).toBe(abc);
    expect(hexOf(other.digest())).toBe(hexOf(crypto.sha256(text('other'))));
    expect(hexOf(crypto.createSha256().digest())).toBe(hexOf(crypto.sha256(text(''))));
    const million = new Uint8Array(1_000_000).fill(0x61);
    expect(hexOf(crypto.sha256(million))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
  });

  it('ends a digest with its result', () => {
    const hash = crypto.createSha256();
    hash.digest();
    expect(() => hash.digest()).toThrow();
    expect(() => hash.update(text('a'))).toThrow();
  });

  it('has HMAC-SHA256 (RFC 4231, cases 1, 2 and 6), and takes an empty key', () => {
    const key = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);
    expect(hexOf(crypto.hmacSha256(key(0x0b, 20), text('Hi There')))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(hexOf(crypto.hmacSha256(text('Jefe'), text('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    const long = text('Test Using Larger Than Block-Size Key - Hash Key First');
    expect(hexOf(crypto.hmacSha256(key(0xaa, 131), long))).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
    expect(hexOf(crypto.hmacSha256(text(''), text('')))).toBe(
      'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad',
    );
  });

  it('raises to a power modulo an RSA modulus, the zeros at the front included', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n, e } = publicKey.export({ format: 'jwk' });
    const block = hexOf(crypto.rsaPublic(base64url(n), base64url(e), sign('sha256', text('abc'), privateKey)));
    expect(block).toMatch(/^0001(ff){202}003031300d060960864801650304020105000420/);
    expect(block.endsWith(hexOf(crypto.sha256(text('abc'))))).toBe(true);
    const small = (value: number): Uint8Array => new Uint8Array(256).fill(value, 255);
    expect(hexOf(crypto.rsaPublic(base64url(n), base64url(e), small(0)))).toBe('00'.repeat(256));
    expect(hexOf(crypto.rsaPublic(base64url(n), base64url(e), small(1)))).toBe(hexOf(small(1)));
    expect(hexOf(crypto.rsaPublic(base64url(n), Uint8Array.of(3), small(2)))).toBe(hexOf(small(8)));
  });

  it('verifies ECDSA on P-256, and takes no other number, message or key for it', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const point = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65));
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
    const signature = sign('sha256', text('abc'), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const [r, s] = [Uint8Array.from(signature.subarray(0, 32)), Uint8Array.from(signature.subarray(32))];
    expect(crypto.verifyP256(point, text('abc'), r, s)).toBe(true);
    expect(crypto.verifyP256(point, text('abd'), r, s)).toBe(false);
    expect(crypto.verifyP256(point, text('abc'), s, r)).toBe(false);
    expect(crypto.verifyP256(Uint8Array.from(other.subarray(-65)), text('abc'), r, s)).toBe(false);
    const one = new Uint8Array(32).fill(1, 31);
    expect(crypto.verifyP256(point, text('abc'), one, one)).toBe(false);
  });

  it('takes the x of a point modulo n, where it is over that', () => {
    const { point, r } = keyForLargeX(crypto.sha256(text('abc')));
    const one = new Uint8Array(32).fill(1, 31);
    expect(crypto.verifyP256(point, text('abc'), r, one)).toBe(true);
    expect(crypto.verifyP256(point, text('abd'), r, one)).toBe(false);
  });
});
