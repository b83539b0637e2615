import { constants, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type SecureContextOptions, type Server } from 'node:tls';
import type { CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import { type ListenerName, listenOn } from '../listen.js';

/** Time from the connection to the end of its handshake, ms. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Handshakes that may be under way at once; for one more the oldest has to go. */
export const MAX_HANDSHAKES = 512;
/** As at the other listeners: a connection that says nothing is looked after by TCP. */
const KEEP_ALIVE_MS = 60_000;

/** Forward secrecy and authenticated encryption, for a certificate on an elliptic curve. The first three are TLS 1.3's. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
].join(':');

/** Key and certificate chain, PEM. */
export interface ServerCredentials {
  readonly key: string;
  readonly cert: string;
}

export interface TlsListenerOptions {
  readonly listener: ListenerName;
  readonly credentials: ServerCredentials;
  /** PEM certificates of authorities, of which a client must show a certificate; absent: it is asked for none. */
  readonly clientAuthorities?: readonly string[];
  /** Application protocols to choose from (RFC 7301); absent: a client may name any. */
  readonly protocols?: readonly string[];
  readonly environment: CloudEnvironment;
  readonly log: Logger;
  /** Takes a connection after its handshake. @param certificate what the client has shown, where one was asked for */
  readonly onConnection: (stream: Duplex, certificate: X509Certificate | undefined) => void;
}

/** A port with TLS in front of whatever takes byte streams. */
export interface TlsDoor {
  /** Starts to listen; resolves with the port. @throws CloudStartError `port_in_use`, `listen_failed` */
  listen(host: string, port: number): Promise<number>;
  /** Shows these credentials from the next handshake on. */
  present(credentials: ServerCredentials): void;
  /** Stops listening and ends handshakes; connections stay with who has taken them. */
  close(): void;
}

/** TLS 1.2 and 1.3 by Node; a connection belongs to who has taken it. */
export class TlsListener implements TlsDoor {
  readonly #listener: ListenerName;
  readonly #clientAuthorities: readonly string[] | undefined;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #server: Server;
  /** By the peer's address and port: connections before the end of their handshake, the oldest first. */
  readonly #handshakes = new Map<string, Socket>();

  constructor(options: TlsListenerOptions) {
    this.#listener = options.listener;
    this.#clientAuthorities = options.clientAuthorities;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#server = createServer({
      ...this.#secureContext(options.credentials),
      requestCert: options.clientAuthorities !== undefined,
      ...(options.protocols && { ALPNProtocols: [...options.protocols] }),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#server.on('connection', (socket: Socket) => this.#watchHandshake(socket));
    this.#server.on('secureConnection', (socket) => {
      this.#handshakes.delete(peerOf(socket));
      // A session that is taken up again brings its certificate with it, which OpenSSL does not look at anew.
      options.onConnection(socket, socket.getPeerX509Certificate());
    });
    this.#server.on('tlsClientError', (error: NodeJS.ErrnoException) =>
      this.#log.info('tls_refused', { listener: this.#listener, why: error.code ?? error.message }),
    );
  }

  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#server, { host, port, listener: this.#listener });
  }

  present(credentials: ServerCredentials): void {
    this.#server.setSecureContext(this.#secureContext(credentials));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#handshakes.values()) socket.destroy();
  }

  #secureContext({ key, cert }: ServerCredentials): SecureContextOptions {
    return {
      key,
      cert,
      ...(this.#clientAuthorities && { ca: [...this.#clientAuthorities] }),
      minVersion: 'TLSv1.2',
      ciphers: CIPHERS,
      honorCipherOrder: true,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    };
  }

  #watchHandshake(socket: Socket): void {
    const peer = peerOf(socket);
    const [oldest] = this.#handshakes;
    if (oldest !== undefined && this.#handshakes.size >= MAX_HANDSHAKES) this.#endHandshake(...oldest);
    this.#handshakes.set(peer, socket);
    // Node's own time limit begins anew with each byte.
    const cancel = this.#environment.setTimer(() => this.#endHandshake(peer, socket), HANDSHAKE_TIMEOUT_MS);
    socket.once('close', () => {
      cancel();
      this.#endHandshake(peer, socket);
    });
  }

  /** Does nothing to a connection whose handshake is done. */
  #endHandshake(peer: string, socket: Socket): void {
    if (this.#handshakes.get(peer) !== socket) return;
    this.#handshakes.delete(peer);
    socket.destroy();
  }
}

/** One connection at a time has it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
