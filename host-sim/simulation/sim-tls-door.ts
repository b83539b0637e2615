import { createPrivateKey, X509Certificate } from 'node:crypto';
import { certificatesIn, endOf } from '../cloud/pki/authority.js';
import {
  HANDSHAKE_TIMEOUT_MS,
  type ServerCredentials,
  type TlsDoor,
  type TlsListenerOptions,
} from '../cloud/tls/tls-listener.js';
import { type TlsCredentials, TlsPeer } from '../world/tls-peer.js';
import type { VirtualPeer } from '../world/virtual-network.js';
import { type PeerStream, sever } from './peer-stream.js';

/** What a server has shown in a handshake that a board has completed. */
export interface Shown {
  /** Whom the board asked for. */
  readonly serverName: string;
  /** DER, its own first. */
  readonly chain: readonly Uint8Array[];
}

export interface SimTlsDoorOptions {
  readonly tls: TlsListenerOptions;
  readonly onListen: (port: number, door: SimTlsDoor) => void;
}

/** A port with TLS of the cloud on the virtual network. */
export class SimTlsDoor implements TlsDoor {
  readonly #options: SimTlsDoorOptions;
  readonly #authorities: readonly X509Certificate[] | undefined;
  readonly #handshakes = new Set<TlsPeer>();
  #credentials: TlsCredentials;
  /** What it shows instead of its own; for faults. */
  instead: TlsCredentials | undefined;

  constructor(options: SimTlsDoorOptions) {
    const { credentials, clientAuthorities } = options.tls;
    this.#options = options;
    this.#credentials = readCredentials(credentials);
    this.#authorities = clientAuthorities?.map((pem) => new X509Certificate(pem));
  }

  get isHttps(): boolean {
    return this.#options.tls.listener === 'https';
  }

  listen(_host: string, port: number): Promise<number> {
    this.#options.onListen(port, this);
    return Promise.resolve(port);
  }

  present(credentials: ServerCredentials): void {
    this.#credentials = readCredentials(credentials);
  }

  close(): void {
    for (const secured of this.#handshakes) sever(secured, 'reset');
  }

  /** Takes a connection, for whose handshake there is some time; then one of the two is called. */
  take(
    peer: VirtualPeer,
    onSecured: (secured: TlsPeer, shown: Shown, certificate: X509Certificate | undefined) => void,
    onEnded: (secured: TlsPeer) => void,
  ): TlsPeer {
    const credentials = this.instead ?? this.#credentials;
    const { environment } = this.#options.tls;
    const secured = new TlsPeer(peer, {
      credentials,
      ...(this.#authorities && { admits: (certificate) => certificate !== undefined && this.#vouchesFor(certificate) }),
      onSecured: (serverName, certificate) => {
        cancel();
        this.#handshakes.delete(secured);
        onSecured(secured, { serverName, chain: credentials.chain }, certificate);
      },
    });
    const cancel = environment.setTimer(() => sever(secured, 'reset'), HANDSHAKE_TIMEOUT_MS);
    this.#handshakes.add(secured);
    secured.onClosed = () => {
      cancel();
      this.#handshakes.delete(secured);
      onEnded(secured);
    };
    return secured;
  }

  /** Hands a connection to the cloud. */
  enter(stream: PeerStream, certificate: X509Certificate | undefined): void {
    this.#options.tls.onConnection(stream, certificate);
  }

  /** What OpenSSL asks of a client's certificate before anybody else sees it. */
  #vouchesFor(certificate: X509Certificate): boolean {
    const nowMs = this.#options.tls.environment.now();
    return (
      Date.parse(certificate.validFrom) <= nowMs &&
      nowMs <= endOf(certificate) &&
      this.#authorities!.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey))
    );
  }
}

/** The same credentials, from PEM. */
function readCredentials({ key, cert }: ServerCredentials): TlsCredentials {
  return { key: createPrivateKey(key), chain: certificatesIn(cert).map(({ raw }) => Uint8Array.from(raw)) };
}
