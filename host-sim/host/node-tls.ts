import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type DetailedPeerCertificate } from 'node:tls';
import type { TlsIdentity, TlsOptions } from '../../src/ports/socket.js';
import { NodeTcp } from './node-tcp.js';
import type { Guard } from './node-timer.js';

/**
 * TLS of one board by Node's own, 1.2 and 1.3. What Node thinks of a server is not asked: `verify` alone decides, on every engine
 * by the same code, and before it has there is nothing to read or to write.
 */
export class NodeTls extends NodeTcp {
  constructor(guard: Guard, open: Set<Socket>, options: TlsOptions) {
    const { address, port, noDelay, serverName, identity, verify } = options;
    // A connection of its own below, which can be reset when the power goes.
    const below = connectTcp({ host: address, port, noDelay: noDelay ?? false });
    const socket = connect({
      socket: below,
      ...(isIP(serverName) === 0 && { servername: serverName }),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      // None of the system's: its store would complete what the server left out.
      ca: [],
      ...(identity && keyAndCertificates(identity)),
    });
    super(socket, options, guard, open, below);
    socket.on('secureConnect', () => {
      let trusted = false;
      guard(() => {
        trusted = verify(chainOf(socket.getPeerCertificate(true))) !== undefined;
      });
      if (!trusted) {
        socket.destroy();
        return;
      }
      // Whoever asked for another handshake might show other certificates in it.
      socket.disableRenegotiation();
      socket.on('data', (bytes: Buffer) => this.receive(bytes));
      this.writable();
    });
  }
}

/** What the server has sent and what hangs together, its own first. Node leaves the rest out. */
function chainOf(own: DetailedPeerCertificate): Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<DetailedPeerCertificate>();
  for (
    let next: DetailedPeerCertificate | undefined = own;
    next?.raw && !seen.has(next);
    next = next.issuerCertificate
  ) {
    seen.add(next);
    chain.push(new Uint8Array(next.raw));
  }
  return chain;
}

function keyAndCertificates({ key, certificates }: TlsIdentity): ConnectionOptions {
  return {
    key: createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }).export({
      format: 'pem',
      type: 'pkcs8',
    }),
    cert: certificates.map((der) => new X509Certificate(der).toString()).join(''),
  };
}
