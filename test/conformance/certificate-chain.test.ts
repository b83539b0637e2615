import { isIPv4 } from 'node:net';
import { checkServerIdentity, connect, createServer } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { type ChainVerdict, checkCertificateChain } from '../../src/core/certificate-chain.js';
import { TestPki } from '../support/pki.js';
import { type ChainCase, ChainWorld } from './chain-cases.js';

const pki = new TestPki();
afterAll(() => pki.close());
const world = new ChainWorld(pki);
const crypto = createNodeCrypto();
const ders = (certificates: ChainCase['chain']): Uint8Array[] => certificates.map(({ der }) => der);

function ask({ chain, anchors, host }: ChainCase, nowMs = Date.now(), isFloor = false): ChainVerdict {
  return checkCertificateChain(crypto, { chain: ders(chain), anchors: ders(anchors), host, nowMs, isFloor });
}

/** Whether Node's TLS client trusts a server with this chain. */
async function nodeTrusts({ chain, anchors, host }: ChainCase): Promise<boolean> {
  const tls = createServer();
  tls.on('tlsClientError', () => {});
  try {
    tls.setSecureContext({ key: chain[0]!.keyPem, cert: chain.map(({ pem }) => pem).join('\n') });
  } catch {
    // It does not even serve it (SHA-1).
    return false;
  }
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const { port } = tls.address() as { port: number };
  try {
    return await new Promise((resolve) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
        ...(isIPv4(host) ? {} : { servername: host }),
        ca: anchors.map(({ pem }) => pem),
        rejectUnauthorized: false,
      });
      socket.on('secureConnect', () => {
        resolve(socket.authorized);
        socket.destroy();
      });
      socket.on('error', () => resolve(false));
    });
  } finally {
    tls.close();
  }
}

describe.each(world.cases().map((one) => [one.says, one] as const))('a chain: %s', (_says, one) => {
  const isTrusted = one.verdict === 'trusted';

  it(`is ${one.verdict}`, () => {
    const verdict = ask(one);
    expect(verdict.trusted ? 'trusted' : verdict.code).toBe(one.verdict);
    if (!verdict.trusted) expect(verdict.message).toMatch(/^[A-Z].*\.$/);
  });

  const title = one.stricter === undefined ? 'is so to OpenSSL and to Node' : `is not so to others: ${one.stricter}`;
  it(title, async () => {
    const openssl = pki.verify({ ...one, atMs: Date.now() });
    const node = one.notForNode === undefined ? await nodeTrusts(one) : isTrusted;
    const theirs = { openssl: openssl === '', node };
    if (one.stricter === undefined) expect(theirs, openssl).toEqual({ openssl: isTrusted, node: isTrusted });
    else expect(theirs.openssl || theirs.node, 'whether one of them trusts it').toBe(true);
  });
});

describe('the time of a chain', () => {
  const notBefore = new Date('2031-05-06T07:08:09Z');
  const notAfter = new Date('2033-05-06T07:08:09Z');
  const root = world.ca('Long', {
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2060-01-01T00:00:00Z'),
  });
  const one: ChainCase = {
    says: '',
    verdict: 'trusted',
    chain: [world.server({ notBefore, notAfter }, root)],
    anchors: [root],
    host: 'cloud.example',
  };
  const codeAt = (ms: number, isFloor = false): string => {
    const verdict = ask(one, ms, isFloor);
    return verdict.trusted ? 'trusted' : verdict.code;
  };

  it('is from its first second to its last, both included', () => {
    expect(codeAt(notBefore.getTime() - 1)).toBe('not_yet_valid');
    expect(codeAt(notBefore.getTime())).toBe('trusted');
    expect(codeAt(notAfter.getTime())).toBe('trusted');
    expect(codeAt(notAfter.getTime() + 1)).toBe('expired');
    // OpenSSL leaves out the last second.
    expect(pki.verify({ ...one, atMs: notBefore.getTime() })).toBe('');
    expect(pki.verify({ ...one, atMs: notAfter.getTime() - 1_000 })).toBe('');
    expect(pki.verify({ ...one, atMs: notBefore.getTime() - 1_000 })).toContain('not yet valid');
    expect(pki.verify({ ...one, atMs: notAfter.getTime() + 1_000 })).toContain('expired');
  });

  it('has no beginning while only the floor of the clock is known, but an end', () => {
    expect(codeAt(new Date('2019-01-01T00:00:00Z').getTime(), true)).toBe('trusted');
    expect(codeAt(notAfter.getTime() + 1, true)).toBe('expired');
  });
});

describe('a chain that is good', () => {
  const soon = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 10 * 86_400_000);
  const later = new Date(soon.getTime() + 86_400_000);

  it.each([
    ["the server's", {}, {}, { notAfter: soon }],
    ["that of a CA of the server's", {}, { notAfter: soon }, { notAfter: later }],
    ['that of the trusted CA', { notAfter: soon }, { notAfter: later }, {}],
  ])('is so until the first of its certificates ends: %s', (_which, ofRoot, ofIntermediate, ofLeaf) => {
    const root = world.ca('Short', ofRoot);
    const intermediate = world.ca('Between', ofIntermediate, root);
    const leaf = world.server(ofLeaf, intermediate);
    const chain = [leaf.der, intermediate.der];
    const check = { chain, anchors: [root.der], host: 'cloud.example', nowMs: Date.now(), isFloor: false };
    expect(checkCertificateChain(crypto, check)).toMatchObject({ trusted: true, untilMs: soon.getTime() });
  });
});

describe('a chain that is no chain', () => {
  const { root, leaf, intermediate } = world;
  const check = (chain: Uint8Array[], anchors = [root.der], host = 'cloud.example'): ChainVerdict =>
    checkCertificateChain(crypto, { chain, anchors, host, nowMs: Date.now(), isFloor: false });

  it('is refused: nothing, rubbish, two in one, one that is cut', () => {
    const joined = Uint8Array.from([...leaf.der, ...intermediate.der]);
    for (const chain of [
      [],
      [new Uint8Array(0)],
      [new Uint8Array(300).fill(0x30)],
      [joined],
      [leaf.der.subarray(0, -1)],
    ]) {
      expect(check(chain)).toMatchObject({ trusted: false, code: 'malformed' });
    }
  });

  it('is refused over 4 KiB a certificate, and looked at up to there', () => {
    const filled = (bytes: number): Uint8Array =>
      world.server(
        {
          extensions: [
            `subjectAltName=DNS:cloud.example`,
            `1.2.3.4=DER:04820${bytes.toString(16)}${'00'.repeat(bytes)}`,
          ],
        },
        root,
      ).der;
    const overhead = filled(3_000).length - 3_000;
    expect(check([filled(4_080 - overhead)])).toMatchObject({ trusted: true });
    expect(check([filled(4_104 - overhead)])).toMatchObject({ trusted: false, code: 'unsupported' });
  });

  it('is none the worse for a certificate beside the way that nobody can read', () => {
    expect(check([leaf.der, Uint8Array.of(1, 2, 3), intermediate.der])).toMatchObject({ trusted: true });
    expect(check([leaf.der, intermediate.der], [Uint8Array.of(1, 2, 3), root.der])).toMatchObject({ trusted: true });
    expect(check([leaf.der, intermediate.der], [Uint8Array.of(1, 2, 3)])).toMatchObject({ code: 'malformed' });
  });

  it('costs eight signatures at most, whatever is sent', () => {
    let signatures = 0;
    const counting = { ...crypto, verifyP256: () => ++signatures < 0 };
    const roots = Array.from({ length: 9 }, () => world.ca('Root').der);
    const verdict = checkCertificateChain(counting, {
      chain: [leaf.der, intermediate.der, intermediate.der, intermediate.der],
      anchors: roots,
      host: 'cloud.example',
      nowMs: Date.now(),
      isFloor: false,
    });
    expect(verdict).toMatchObject({ trusted: false, code: 'bad_signature' });
    expect(signatures).toBe(8);
  });

  it('gives the key of the server where it is trusted', () => {
    const verdict = check([leaf.der, intermediate.der]);
    expect(verdict.trusted && verdict.key.kind === 'ec' && verdict.key.point.length).toBe(65);
  });

  it('takes a host with the dot of the root, and finds none for an empty one', () => {
    expect(check([leaf.der, intermediate.der], [root.der], 'cloud.example.')).toMatchObject({ trusted: true });
    for (const host of ['', '.', 'cloud.example..']) {
      expect(check([leaf.der, intermediate.der], [root.der], host)).toMatchObject({ code: 'wrong_name' });
    }
  });
});
