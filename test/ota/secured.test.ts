import { describe, expect, it } from 'vitest';
import { createNodeEnvironment } from '../../host-sim/cloud/environment.js';
import { Authority } from '../../host-sim/cloud/pki/authority.js';
import { makeEcKeys } from '../../host-sim/cloud/pki/keys.js';
import type { TlsCredentials } from '../../host-sim/world/tls-peer.js';
import { checkCertificateChain } from '../../src/core/certificate-chain.js';
import { imageOf } from '../support/ota/package.js';
import { TransferBench } from '../support/ota/transfer-bench.js';

const IMAGE = imageOf(20_000);
const environment = createNodeEnvironment();
const authority = Authority.make(environment);

function certify(name: string, by = authority): TlsCredentials {
  const { publicKey, privateKey } = makeEcKeys();
  const request = { subject: { commonName: name }, publicKey, use: { kind: 'server', names: [name] } as const };
  const certificate = by.certify({ ...request, lifetimeMs: 86_400_000 }, environment);
  return { key: privateKey, chain: [Uint8Array.from(certificate.raw)] };
}

/** A board that goes over TLS, and a server of packages with that certificate at `https://files`. */
function secured(credentials: TlsCredentials): TransferBench & { readonly url: string } {
  const bench = new TransferBench(IMAGE);
  bench.security = {
    judge: (host, chain) => {
      const anchors = [Uint8Array.from(authority.certificate.raw)];
      const verdict = checkCertificateChain(bench.host.crypto, {
        chain,
        anchors,
        host,
        nowMs: Date.now(),
        isFloor: false,
      });
      return verdict.trusted ? verdict.key : undefined;
    },
  };
  bench.network.listenTls('files', 443, { credentials }, (peer) => bench.server.accept(peer));
  return Object.assign(bench, { url: 'https://files/x' });
}

describe('a board that goes over TLS', () => {
  it('takes a package from a server that it believes', () => {
    const bench = secured(certify('files'));
    bench.server.cutAfter = ({ count }) => (count === 1 ? 12_000 : undefined);
    expect(bench.fetch(bench.url)).toMatchObject({ ok: true });
    expect(bench.slots.holds(IMAGE)).toBe(true);
    expect(bench.server.requests).toHaveLength(2);
  });

  it.each<[string, () => TlsCredentials]>([
    ['of another CA', () => certify('files', Authority.make(environment))],
    ['of another name', () => certify('other')],
  ])('asks nothing of a server with a certificate %s', (_what, credentials) => {
    const bench = secured(credentials());
    bench.fetch(bench.url);
    expect(bench.failure).toMatchObject({ step: -2, code: 'untrusted' });
    expect(bench.server.requests).toEqual([]);
  });

  it('asks nobody in the clear, whatever it is told', () => {
    const bench = secured(certify('files'));
    bench.fetch(bench.server.url);
    expect(bench.failure).toMatchObject({ step: -2, code: 'url_refused' });
    expect(bench.server.requests).toEqual([]);
  });

  it('is not led out of it by a redirect', () => {
    const bench = secured(certify('files'));
    bench.server.answer = ({ peer }) => {
      bench.server.send(peer, 302, [`Location: ${bench.server.url}`, 'Content-Length: 0']);
      return true;
    };
    bench.fetch(bench.url);
    expect(bench.failure).toMatchObject({ step: -2, code: 'url_refused' });
    expect(bench.server.requests).toHaveLength(1);
    expect(bench.slots.operations).toEqual([]);
  });

  it('that loses its TLS meanwhile does not go on without it', () => {
    const bench = secured(certify('files'));
    bench.resumes = false;
    bench.server.cutAfter = () => 12_000;
    bench.fetch(bench.url);
    bench.security = undefined;
    bench.transfer.resume();
    bench.run();
    expect(bench.failure).toMatchObject({ step: -2, code: 'url_refused' });
    expect(bench.server.requests).toHaveLength(1);
  });
});
