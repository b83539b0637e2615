import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { generalVerify, importSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { signingKeys } from '../../src/board/signing-keys.js';
import { type Environment, environmentTable, readEnvironmentTable, WrongField } from '../../src/core/environment.js';
import { readTrustBundle, type TrustBundle } from '../../src/core/trust-bundle.js';
import type { UpdateKeys } from '../../src/ports/settings.js';
import { type BundleKey, bundleOf, makeBundleKey, type SignedBundle, sign, updateKeys } from '../support/bundles.js';
import { CA, server, TestPki } from '../support/pki.js';

const pki = new TestPki();
afterAll(() => pki.close());
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const ca = pki.issue({ subject: 'CA', extensions: CA });
const leaf = pki.issue({ subject: 'dev', extensions: server('DNS:dev') }, ca);
const DEV = { api: 'https://dev.example:8443', ca: [base64(ca.der)] };
const PAYLOAD = bundleOf(5, { dev: DEV });

const crypto = createNodeCrypto();
const text = createNodeText();
let keys: BundleKey[];
let bundle: SignedBundle;
let known: UpdateKeys;

beforeAll(async () => {
  keys = await Promise.all([0, 1, 7].map(makeBundleKey));
  bundle = await sign(PAYLOAD, keys[0]!);
  known = updateKeys(keys[0]!);
});

function read(value: unknown, update: UpdateKeys | undefined = known): TrustBundle {
  return readTrustBundle(crypto, text, signingKeys(update), value);
}

/** The sentence with which it is refused. */
function refusal(value: unknown, update?: UpdateKeys): string {
  try {
    read(value, update);
  } catch (error) {
    if (error instanceof WrongField) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a signed bundle', () => {
  it('that jose has signed says what it says', () => {
    const environment: Environment = { name: 'dev', apiUrl: DEV.api, anchors: DEV.ca };
    expect(read(bundle)).toEqual({ version: 5, environments: [environment] });
  });

  it('may be signed by further keys, which a board need not know', async () => {
    const more = await sign(PAYLOAD, ...keys);
    expect(read(more).version).toBe(5);
    expect(read(more, updateKeys(...keys)).version).toBe(5);
  });

  it('must be signed by all keys that the board wants', async () => {
    const [first, second] = keys as [BundleKey, BundleKey];
    const both = updateKeys(first, second);
    expect(refusal(bundle, both)).toMatch(/^bundle\.signatures lacks that of a key which this board wants: 0, 1/);
    expect(refusal(await sign(PAYLOAD, second), known)).toMatch(/^bundle\.signatures lacks/);
  });

  it.each<[string, UpdateKeys | undefined]>([
    ['no key', undefined],
    ['no key, and wants none', { keys: {}, required: 0 }],
    ['a key that is no point of the curve', { keys: { '0': base64(new Uint8Array(65).fill(4)) } }],
    ['a key that is no base64', { keys: { '0': '!' } }],
    ['a key that it has not', { keys: {}, required: 1 }],
  ])('is never taken by a board that knows %s', (_what, update) => {
    expect(() => readTrustBundle(crypto, text, signingKeys(update), bundle)).toThrow(WrongField);
  });
});

describe('a forgery', () => {
  /** The bundle with its only signature changed. */
  const signature = (change: object): SignedBundle => ({
    ...bundle,
    signatures: [{ ...bundle.signatures[0]!, ...change }],
  });

  it.each<[string, () => unknown, RegExp]>([
    ['of no object', () => 'text', /^bundle must be an object/],
    ['without a payload', () => ({ ...bundle, payload: undefined }), /^bundle\.payload must be base64url/],
    ['with padding', () => ({ ...bundle, payload: `${bundle.payload}==` }), /^bundle\.payload must be/],
    ['with another payload', () => ({ ...bundle, payload: encode({ ...PAYLOAD, version: 6 }) }), /does not hold/],
    ['without signatures', () => ({ ...bundle, signatures: [] }), /^bundle\.signatures must be a list/],
    ['of nine', () => ({ ...bundle, signatures: Array(9).fill(bundle.signatures[0]) }), /^bundle\.signatures must be/],
    [
      'of two by one key',
      () => ({ ...bundle, signatures: Array(2).fill(bundle.signatures[0]) }),
      /a second one of key 0/,
    ],
    ['whose signature is no object', () => ({ ...bundle, signatures: [null] }), /^bundle\.signatures\[0\] must be/],
    ['alg none', () => signature({ protected: encode({ alg: 'none', kid: '0' }) }), /\.protected must be/],
    ['alg HS256', () => signature({ protected: encode({ alg: 'HS256', kid: '0' }) }), /\.protected must be/],
    [
      'of a further header field',
      () => signature({ protected: encode({ alg: 'ES256', kid: '0', crit: ['x'] }) }),
      /\.protected must/,
    ],
    [
      'with its key along',
      () => signature({ protected: encode({ alg: 'ES256', kid: '0', jwk: {} }) }),
      /\.protected must/,
    ],
    ['of a key id 8', () => signature({ protected: encode({ alg: 'ES256', kid: '8' }) }), /\.protected must/],
    [
      'of a key id that is a number',
      () => signature({ protected: encode({ alg: 'ES256', kid: 0 }) }),
      /\.protected must/,
    ],
    ['of a header that is no JSON', () => signature({ protected: encode('{') }), /\.protected must/],
    ['of a header that is not signed', () => signature({ header: { alg: 'ES256' } }), /\.header must be left out/],
    [
      'of a header in another spelling',
      () => signature({ protected: encode('{"kid":"0","alg":"ES256"}') }),
      /does not hold/,
    ],
    ['r and s of 0', () => signature({ signature: encode('\0'.repeat(64)) }), /does not hold/],
    [
      'r and s of 2^256 − 1',
      () => signature({ signature: Buffer.alloc(64, 255).toString('base64url') }),
      /does not hold/,
    ],
    ['a short signature', () => signature({ signature: encode('x'.repeat(63)) }), /the base64url of 64 bytes/],
  ])('%s is refused, and the sentence names the field', (_what, forge, sentence) => {
    expect(refusal(forge())).toMatch(sentence);
  });

  it.each<[string, unknown, RegExp]>([
    ['another type', { ...PAYLOAD, type: 'jwt' }, /^bundle\.type must be "smartlink-trust"/],
    ['no version', { ...PAYLOAD, version: undefined }, /^bundle\.version must be/],
    ['version 0', { ...PAYLOAD, version: 0 }, /^bundle\.version/],
    ['a version of text', { ...PAYLOAD, version: '6' }, /^bundle\.version/],
    ['no environment', bundleOf(5, {}), /^bundle\.environments must name one/],
    ['a list of environments', bundleOf(5, []), /^bundle\.environments must be an object/],
    ['a stranger of an environment', bundleOf(5, { prod: DEV }), /^bundle\.environments may have release, test, dev/],
    [
      'an API in the clear',
      bundleOf(5, { dev: { ...DEV, api: 'http://dev' } }),
      /^bundle\.environments\.dev\.api must be https/,
    ],
    ['an API with a slash at its end', bundleOf(5, { dev: { ...DEV, api: 'https://dev/' } }), /\.dev\.api must be/],
    ['no CA', bundleOf(5, { dev: { ...DEV, ca: [] } }), /\.dev\.ca must be a list of 1 to 4/],
    ['five CAs', bundleOf(5, { dev: { ...DEV, ca: Array(5).fill(DEV.ca[0]) } }), /\.dev\.ca must be a list/],
    ['a CA that is no base64', bundleOf(5, { dev: { ...DEV, ca: ['#'] } }), /\.dev\.ca\[0\] must be the base64/],
    ['a CA that is no certificate', bundleOf(5, { dev: { ...DEV, ca: ['AAAA'] } }), /\.dev\.ca\[0\] is malformed/],
    [
      'a certificate that is no CA',
      bundleOf(5, { dev: { ...DEV, ca: [base64(leaf.der)] } }),
      /\.dev\.ca\[0\] is not of a CA/,
    ],
    ['a time server that is no name', bundleOf(5, { dev: { ...DEV, ntp: 'a b' } }), /\.dev\.ntp must be a host name/],
    ['text that is no JSON', '{"type":', /^bundle\.payload must be a JSON object/],
  ])('even if it is signed, a payload of %s is refused', async (_what, payload, sentence) => {
    expect(refusal(await sign(payload, keys[0]!))).toMatch(sentence);
  });

  it('in whatever byte is never taken, and never an end of the board', () => {
    const json = JSON.stringify(bundle);
    const oracle = JSON.stringify(read(bundle));
    fc.assert(
      fc.property(fc.nat(json.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const forged = json.slice(0, at) + String.fromCharCode(code) + json.slice(at + 1);
        let value: unknown;
        try {
          value = JSON.parse(forged);
        } catch {
          return;
        }
        // A change of what nobody looks at, or none, leaves what was signed.
        try {
          expect(JSON.stringify(read(value))).toBe(oracle);
          expect(JSON.stringify(value)).toBe(json);
        } catch (error) {
          if (!(error instanceof WrongField)) throw error;
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('of any shape is refused by a sentence', () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: false });
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ payload: anything, signatures: fc.array(anything) })), (value) => {
        expect(() => read(value)).toThrow(WrongField);
      }),
    );
  });
});

describe('what is taken', () => {
  it('is what jose takes, and no more', async () => {
    const spki = createPublicKey({
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: Buffer.from(keys[0]!.point, 'base64').subarray(1, 33).toString('base64url'),
        y: Buffer.from(keys[0]!.point, 'base64').subarray(33).toString('base64url'),
      },
      format: 'jwk',
    }).export({ type: 'spki', format: 'pem' });
    const key = await importSPKI(spki.toString(), 'ES256');
    await fc.assert(
      fc.asyncProperty(fc.nat(63), fc.nat(255), async (at, change) => {
        const bytes = Buffer.from(bundle.signatures[0]!.signature, 'base64url');
        bytes[at]! ^= change;
        const forged = {
          ...bundle,
          signatures: [{ ...bundle.signatures[0]!, signature: bytes.toString('base64url') }],
        };
        const theirs = await generalVerify(forged as Parameters<typeof generalVerify>[0], key).then(
          () => true,
          () => false,
        );
        let ours = true;
        try {
          read(forged);
        } catch {
          ours = false;
        }
        expect(ours).toBe(theirs);
      }),
      { numRuns: 200 },
    );
  });

  it('of environments is read back as it was written', () => {
    const environments = readEnvironmentTable({ dev: { ...DEV, ntp: 'pool.example' }, test: DEV }, 'environments');
    expect(readEnvironmentTable(environmentTable(environments), 'environments')).toEqual(environments);
  });
});
