import { type KeyObject, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { Frame, FrameError, joined, packed, RANDOM_BYTES, TlsFrames, unpacked } from './tls-frames.js';
import type { PeerEnd, VirtualPeer } from './virtual-link.js';

/** With what a server shows who it is. */
export interface TlsCredentials {
  /** DER, the server's own first. */
  readonly chain: readonly Uint8Array[];
  /** It signs the handshake; a board that has judged the chain goes by the key of the first certificate. */
  readonly key: KeyObject;
}

export interface TlsPeerOptions {
  readonly credentials: TlsCredentials;
  /** Whether a client gets in who shows this (and has its key), or `undefined`: nothing. Absent: no certificate is asked for. */
  readonly admits?: (certificate: X509Certificate | undefined) => boolean;
  /** The handshake is complete, both ways. */
  onSecured(serverName: string, certificate: X509Certificate | undefined): void;
}

/**
 * The server's end of a virtual TLS connection: what is inside, once `onSecured` was called; before, nothing comes and what is written is
 * lost. It ends when the connection under it does, when the handshake fails, and when a frame was meddled with.
 */
export class TlsPeer implements VirtualPeer {
  onData: ((bytes: Uint8Array) => void) | undefined;
  onClosed: ((how: PeerEnd) => void) | undefined;
  readonly #peer: VirtualPeer;
  readonly #options: TlsPeerOptions;
  readonly #frames = new TlsFrames();
  #state: 'hello' | 'finishing' | 'open' | 'over' = 'hello';
  #serverName = '';
  /** What both sides sign. */
  #hellos: Uint8Array = new Uint8Array(0);

  constructor(peer: VirtualPeer, options: TlsPeerOptions) {
    this.#peer = peer;
    this.#options = options;
    peer.onData = (bytes) => this.#take(bytes);
    peer.onClosed = (how) => this.#end(how);
  }

  /** Whether the handshake is complete, and the connection has not ended. */
  get isSecured(): boolean {
    return this.#state === 'open';
  }

  get owner(): string {
    return this.#peer.owner;
  }

  get open(): boolean {
    return this.#state !== 'over' && this.#peer.open;
  }

  get isFrozen(): boolean {
    return this.#peer.isFrozen;
  }

  get isHeld(): boolean {
    return this.#peer.isHeld;
  }

  get paused(): boolean {
    return this.#peer.paused;
  }

  set paused(paused: boolean) {
    this.#peer.paused = paused;
  }

  write(bytes: Uint8Array, segmentBytes?: number): void {
    if (this.#state === 'open') this.#peer.write(joined(this.#frames.data(bytes)), segmentBytes);
  }

  end(): void {
    this.#state = 'over';
    this.#peer.end();
  }

  reset(): void {
    this.#state = 'over';
    this.#peer.reset();
  }

  freeze(): void {
    this.#peer.freeze();
  }

  #take(bytes: Uint8Array): void {
    try {
      this.#frames.take(bytes, (type, body) => {
        this.#takeFrame(type, body);
        return this.#state !== 'over';
      });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#refuse();
    }
  }

  #takeFrame(type: number, body: Uint8Array): void {
    if (type === Frame.data && this.#state === 'open') this.onData?.(body);
    else if (type === Frame.clientHello && this.#state === 'hello') this.#answer(body);
    else if (type === Frame.clientFinished && this.#state === 'finishing') this.#finish(body);
    else this.#refuse();
  }

  #answer(hello: Uint8Array): void {
    const [clientRandom, name] = unpacked(hello);
    if (clientRandom?.length !== RANDOM_BYTES || name === undefined) throw new FrameError('a handshake is malformed');
    this.#serverName = new TextDecoder().decode(name);
    const { credentials, admits } = this.#options;
    const random = randomBytes(RANDOM_BYTES);
    const said = packed([random, Uint8Array.of(admits ? 1 : 0), ...credentials.chain]);
    this.#hellos = joined([hello, said]);
    const signature = sign('sha256', this.#hellos, credentials.key);
    this.#peer.write(this.#frames.frame(Frame.serverHello, packed([signature, said])));
    this.#frames.binding = joined([clientRandom, random]);
    this.#state = 'finishing';
  }

  #finish(body: Uint8Array): void {
    const { admits, onSecured } = this.#options;
    const certificate = admits && this.#clientOf(body);
    if (admits?.(certificate) === false) {
      this.#refuse();
      return;
    }
    this.#peer.write(this.#frames.frame(Frame.serverFinished, new Uint8Array(0)));
    this.#state = 'open';
    onSecured(this.#serverName, certificate);
  }

  /** @throws FrameError where he shows what is not his */
  #clientOf(body: Uint8Array): X509Certificate | undefined {
    if (body.length === 0) return undefined;
    const [signature, der] = unpacked(body);
    const certificate = readCertificate(der);
    if (!signature || !certificate || !verify('sha256', this.#hellos, certificate.publicKey, signature)) {
      throw new FrameError('the client has not the key of its certificate');
    }
    return certificate;
  }

  #refuse(): void {
    if (this.#state === 'over') return;
    this.#peer.write(this.#frames.frame(Frame.alert, new Uint8Array(0)));
    this.#peer.end();
    this.#end('reset');
  }

  #end(how: PeerEnd): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.onClosed?.(how);
  }
}

function readCertificate(der: Uint8Array | undefined): X509Certificate | undefined {
  try {
    return der && new X509Certificate(der);
  } catch {
    return undefined;
  }
}
