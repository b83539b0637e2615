import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { PrivateFiles } from '../data-directory.js';
import type { ShownCertificate } from '../domain/certificates.js';
import type { Revocations } from '../domain/revocations.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import { urlHost } from '../listen.js';
import { endOf } from '../pki/authority.js';
import type { OpenAuthority } from '../pki/authority-files.js';
import { boardOf, type ClientIdentity, type ClientRequest, certifyClient } from '../pki/client-certificates.js';
import { ServerIdentity } from '../pki/server-identity.js';
import { serverNames } from '../pki/server-names.js';
import { type TlsDoor, TlsListener, type TlsListenerOptions } from './tls-listener.js';

/** Between two looks at what ends: server certificate and client certificates, ms. */
const CHECK_INTERVAL_MS = 3_600_000;
/** With less than this left of it, an authority is to be rotated, ms. */
const ROTATE_AHEAD_MS = 365 * 86_400_000;

/** Ports to listen on; 0: any free one. */
export interface TlsPorts {
  /** HTTP API, and the WebSocket at `/mqtt`. */
  readonly httpsPort: number;
  /** MQTT. */
  readonly mqttsPort: number;
  /** MQTT for who shows a client certificate. */
  readonly mtlsPort: number;
}

export interface TlsListenersOptions {
  /** Address to listen on. */
  readonly host: string;
  readonly publicHost: string | undefined;
  readonly ports: TlsPorts;
  /** Whose certificates are shown, and asked for. */
  readonly open: OpenAuthority;
  /** Where the server certificate is kept; absent: nowhere. */
  readonly directory: PrivateFiles | undefined;
  readonly revocations: Revocations;
  readonly environment: CloudEnvironment;
  readonly log: Logger;
  /** Makes a door; Node's TLS by default. */
  readonly createDoor?: (options: TlsListenerOptions) => TlsDoor;
  /** Takes a connection to the API or the WebSocket. */
  readonly onHttps: (stream: Duplex) => void;
  /** Takes a connection to the broker, with the client certificate that has opened it, where one had to; undefined: there is no MQTT. */
  readonly onMqtt: ((stream: Duplex, shown?: ShownCertificate) => void) | undefined;
}

/** The listeners of a cloud that speak TLS, and the certificates behind them. */
export class TlsListeners implements TlsPorts {
  readonly #options: TlsListenersOptions;
  readonly #identity: ServerIdentity;
  readonly #listeners: TlsDoor[] = [];
  readonly #ports = { https: 0, mqtts: 0, mtls: 0 };
  /** What client certificates have opened. */
  readonly #admitted = new Map<Duplex, X509Certificate>();
  readonly #stopHearing: () => void;
  #cancelCheck: CancelTimer = () => {};

  private constructor(options: TlsListenersOptions, identity: ServerIdentity) {
    this.#options = options;
    this.#identity = identity;
    this.#stopHearing = options.revocations.watch(() => this.#expel());
    this.#checkRegularly();
  }

  /**
   * Takes the server certificate that was kept, or has one made, and listens. Nothing stays open where that fails.
   * @throws CloudStartError `data_dir_unwritable`, `port_in_use`, `listen_failed`
   */
  static async open(options: TlsListenersOptions): Promise<TlsListeners> {
    const { directory, environment, log } = options;
    const { authority } = options.open;
    const { certificate } = authority;
    if (endOf(certificate) - environment.now() < ROTATE_AHEAD_MS)
      log.warn('ca_ends', { notAfter: certificate.validTo });
    const names = () => serverNames(options);
    const identity = ServerIdentity.open({ authority, directory, environment, names });
    const listeners = new TlsListeners(options, identity);
    try {
      await listeners.#listen();
      return listeners;
    } catch (error) {
      listeners.close();
      throw error;
    }
  }

  get httpsPort(): number {
    return this.#ports.https;
  }

  get mqttsPort(): number {
    return this.#ports.mqtts;
  }

  get mtlsPort(): number {
    return this.#ports.mtls;
  }

  /** `https://host:port`, to which the API's base path `/api/v1` is added. */
  get httpsUrl(): string {
    return this.#url('https', this.httpsPort);
  }

  /** `wss://host:port/mqtt` */
  get wssUrl(): string {
    return `${this.#url('wss', this.httpsPort)}/mqtt`;
  }

  /** `mqtts://host:port` */
  get mqttsUrl(): string {
    return this.#url('mqtts', this.mqttsPort);
  }

  /** `mqtts://host:port`, for who has a client certificate. */
  get mtlsUrl(): string {
    return this.#url('mqtts', this.mtlsPort);
  }

  /** PEM file of the certificate that clients are to trust; without a data directory it is there until the cloud closes. */
  get caFile(): string {
    return this.#options.open.caFile;
  }

  /** Makes a client certificate. */
  certifyClient(request: ClientRequest): Promise<ClientIdentity> {
    return certifyClient(this.#options.open.authority, this.#options.environment, request);
  }

  /** From now on, over restarts too, a client certificate opens nothing; what it has opened is closed. */
  revokeClient(serialNumber: string): void {
    this.#options.revocations.revoke(serialNumber);
  }

  /** Stops listening; connections stay with who has taken them. */
  close(): void {
    this.#cancelCheck();
    this.#stopHearing();
    for (const listener of this.#listeners) listener.close();
  }

  async #listen(): Promise<void> {
    const { ports, onHttps, onMqtt } = this.#options;
    if (onMqtt) {
      this.#ports.mqtts = await this.#door(ports.mqttsPort, {
        listener: 'mqtts',
        onConnection: (stream) => onMqtt(stream),
      });
      this.#ports.mtls = await this.#door(ports.mtlsPort, {
        listener: 'mtls',
        clientAuthorities: this.#options.open.authority.trusted.map(String),
        onConnection: (stream, certificate) => this.#admit(stream, certificate, onMqtt),
      });
    }
    this.#ports.https = await this.#door(ports.httpsPort, {
      listener: 'https',
      protocols: ['http/1.1'],
      onConnection: (stream) => onHttps(stream),
    });
  }

  #door(
    port: number,
    door: Pick<TlsListenerOptions, 'listener' | 'clientAuthorities' | 'protocols' | 'onConnection'>,
  ): Promise<number> {
    const { host, environment, log, createDoor = (options) => new TlsListener(options) } = this.#options;
    const listener = createDoor({ ...door, credentials: this.#identity.pem, environment, log });
    this.#listeners.push(listener);
    return listener.listen(host, port);
  }

  #url(scheme: string, port: number): string {
    return `${scheme}://${urlHost(this.#options.host)}:${port}`;
  }

  #admit(
    stream: Duplex,
    certificate: X509Certificate | undefined,
    onMqtt: (stream: Duplex, shown?: ShownCertificate) => void,
  ): void {
    if (certificate === undefined || !this.#holds(certificate)) {
      stream.destroy();
      return;
    }
    this.#admitted.set(stream, certificate);
    stream.once('close', () => this.#admitted.delete(stream));
    onMqtt(stream, { deviceId: boardOf(certificate) });
  }

  #expel(): void {
    for (const [stream, certificate] of this.#admitted) if (!this.#holds(certificate)) stream.destroy();
  }

  #holds(certificate: X509Certificate): boolean {
    const why = this.#refusal(certificate);
    if (why === undefined) return true;
    this.#options.log.info('client_certificate_refused', { serialNumber: certificate.serialNumber, why });
    return false;
  }

  /** Why a certificate of the authority's does not hold now. */
  #refusal(certificate: X509Certificate): 'revoked' | 'expired' | undefined {
    const { revocations, environment } = this.#options;
    if (revocations.isRevoked(certificate.serialNumber)) return 'revoked';
    return endOf(certificate) < environment.now() ? 'expired' : undefined;
  }

  #checkRegularly(): void {
    this.#cancelCheck = this.#options.environment.setTimer(() => {
      this.#checkRegularly();
      this.#expel();
      this.#renew();
    }, CHECK_INTERVAL_MS);
  }

  #renew(): void {
    const { log } = this.#options;
    try {
      if (!this.#identity.renew()) return;
      for (const listener of this.#listeners) listener.present(this.#identity.pem);
      log.info('server_certificate_renewed', { notAfter: this.#identity.certificate.validTo });
    } catch (error) {
      log.warn('server_certificate_not_renewed', { why: (error as Error).message });
    }
  }
}
