import type { X509Certificate } from 'node:crypto';
import { Authority } from '../cloud/pki/authority.js';
import { makeEcKeys } from '../cloud/pki/keys.js';
import { type Issuer, makeCertificate } from '../cloud/pki/make-certificate.js';
import { joined } from '../world/tls-frames.js';
import { type TlsCredentials, TlsPeer } from '../world/tls-peer.js';
import type { VirtualPeer } from '../world/virtual-network.js';
import type { SimPki } from './sim-pki.js';
import type { World } from './world.js';

const DAY_MS = 86_400_000;
const SERIAL_BYTES = 16;
/** What he says who speaks no TLS. */
const PLAIN = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n';

/** With what somebody who is not the cloud shows himself at its ports; he has the keys of what he made, and no others. */
export const STRANGERS: Readonly<Record<string, (pki: SimPki, nowMs: number) => TlsCredentials>> = {
  'self-signed': (pki, nowMs) => {
    const { publicKey, privateKey } = makeEcKeys();
    const own = serverCertificate(pki, nowMs, publicKey, { certificate: undefined, privateKey });
    return shown(privateKey, own);
  },
  'another CA': (pki, nowMs) =>
    pki.certify({ names: pki.names, atMs: nowMs, lifetimeMs: DAY_MS }, Authority.make(pki.environment)),
  /** He has a certificate of the boards' own CA, for a machine of his. */
  'another name': (pki, nowMs) => pki.certify({ names: ['printer.home'], atMs: nowMs, lifetimeMs: DAY_MS }),
  /** A server was thrown away with its key. */
  expired: (pki, nowMs) => pki.certify({ names: pki.names, atMs: nowMs - 100 * DAY_MS, lifetimeMs: 90 * DAY_MS }),
  /** It names the CA as its issuer, and that CA's own certificate follows. */
  forged: (pki, nowMs) => {
    const { publicKey, privateKey } = makeEcKeys();
    const { certificate } = pki.authority;
    return shown(privateKey, serverCertificate(pki, nowMs, publicKey, { certificate, privateKey }), certificate);
  },
  /** A server's certificate that he has the key of signs for another, as if it were a CA's. */
  'signed by a server': (pki, nowMs) => {
    const server = makeEcKeys();
    const { authority } = pki;
    const certificate = serverCertificate(pki, nowMs, server.publicKey, undefined, ['printer.home']);
    const { publicKey, privateKey } = makeEcKeys();
    const own = serverCertificate(pki, nowMs, publicKey, { certificate, privateKey: server.privateKey });
    return shown(privateKey, own, certificate, authority.certificate);
  },
  /** The cloud's own certificates, which everybody sees; the key is another. */
  'without the key': (pki, nowMs) => {
    const { chain } = pki.certify({ names: pki.names, atMs: nowMs, lifetimeMs: DAY_MS });
    return { chain, key: makeEcKeys().privateKey };
  },
};

/** He speaks no TLS at all. */
export const PLAIN_STRANGER = 'plain';

/** Lets a stranger have a connection. */
export function meetStranger(world: World, peer: VirtualPeer, credentials: TlsCredentials | undefined): void {
  let said: Uint8Array = new Uint8Array(0);
  if (credentials) new TlsPeer(peer, { credentials, onSecured: () => {} });
  const answer = credentials ? peer.onData : () => peer.write(Buffer.from(PLAIN));
  peer.onData = (bytes) => {
    said = joined([said, bytes]);
    world.toldStranger(peer.owner, said);
    answer?.(bytes);
  };
}

function serverCertificate(
  pki: SimPki,
  nowMs: number,
  publicKey: ReturnType<typeof makeEcKeys>['publicKey'],
  issuer: Issuer | undefined,
  names = pki.names,
): X509Certificate {
  const subject = { commonName: 'SmartLink dev cloud' };
  const use = { kind: 'server', names } as const;
  if (issuer === undefined)
    return pki.authority.certify({ subject, publicKey, use, lifetimeMs: DAY_MS }, pki.environment);
  const serial = pki.environment.randomBytes(SERIAL_BYTES);
  return makeCertificate(
    { subject, publicKey, use, serial, notBefore: nowMs - DAY_MS, notAfter: nowMs + DAY_MS },
    issuer,
  );
}

function shown(key: TlsCredentials['key'], ...certificates: readonly X509Certificate[]): TlsCredentials {
  return { key, chain: certificates.map(({ raw }) => Uint8Array.from(raw)) };
}
