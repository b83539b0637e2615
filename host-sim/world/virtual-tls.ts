import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import type { PublicKey } from '../../src/core/public-key.js';
import { isEcdsaSignature, isRsaSignature } from '../../src/core/signature.js';
import type { Crypto } from '../../src/ports/crypto.js';
import type { TcpConstructor, TcpSocket, TlsConstructor, TlsIdentity, TlsOptions } from '../../src/ports/socket.js';
import { Frame, FrameError, joined, packed, RANDOM_BYTES, TlsFrames, unpacked } from './tls-frames.js';

/** Data that waits to become frames, at most: about a record, as a TLS library keeps one, bytes. */
const ROOM = 4_096;

/**
 * TLS of one board over its own TCP: certificates and signatures are real and judged by the firmware, what goes in the frames is not
 * encrypted (`TlsFrames`). The server's end is a `TlsPeer`.
 *
 * Client: its random number and whom it asks for. Server: its own, whether it wants a certificate, its chain, and its signature over all
 * that. Client: its chain and signature, or nothing. Server: nothing more, and from there on there is data.
 */
export function createVirtualTls(TCP: TcpConstructor, crypto: Crypto): TlsConstructor {
  return VirtualTls.bind(undefined, TCP, crypto);
}

type State = 'connecting' | 'hello' | 'finishing' | 'open' | 'over';

class VirtualTls implements TcpSocket {
  readonly #options: TlsOptions;
  readonly #crypto: Crypto;
  readonly #socket: TcpSocket;
  readonly #frames = new TlsFrames();
  #state: State = 'connecting';
  #closed = false;
  #hello: Uint8Array = new Uint8Array(0);
  /** Frames that TCP has not taken yet, and how many more bytes it takes. */
  #outgoing: Uint8Array = new Uint8Array(0);
  #tcpRoom = 0;
  #unread: Uint8Array = new Uint8Array(0);

  constructor(TCP: TcpConstructor, crypto: Crypto, options: TlsOptions) {
    const { address, port, noDelay = false } = options;
    this.#options = options;
    this.#crypto = crypto;
    this.#socket = new TCP({
      address,
      port,
      noDelay,
      onReadable: (count) => this.#take(count),
      onWritable: (count) => this.#takeRoom(count),
      onError: (error) => {
        if (this.#state === 'over') return;
        this.#state = 'over';
        options.onError(error);
      },
    });
  }

  read(into: Uint8Array): number {
    this.#mustBeOpen();
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): number {
    this.#mustBeOpen();
    if (this.#state !== 'open' || bytes.length > this.#room) throw new RangeError('more than can be written');
    this.#send(...this.#frames.data(bytes));
    return this.#room;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state = 'over';
    this.#socket.close();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('socket is closed');
  }

  get #room(): number {
    return this.#state === 'open' ? Math.max(0, ROOM - this.#outgoing.length) : 0;
  }

  #send(...frames: Uint8Array[]): void {
    this.#outgoing = joined([this.#outgoing, ...frames]);
    this.#flush();
  }

  #flush(): void {
    // Room that came free unheard is told by what `write` returns, and then maybe never again.
    while (this.#tcpRoom > 0 && this.#outgoing.length > 0) {
      const now = this.#outgoing.subarray(0, this.#tcpRoom);
      this.#outgoing = this.#outgoing.subarray(now.length);
      this.#tcpRoom = this.#socket.write(now);
    }
  }

  #takeRoom(count: number): void {
    this.#tcpRoom = count;
    if (this.#state === 'over') return;
    if (this.#state === 'connecting') {
      this.#state = 'hello';
      const name = new TextEncoder().encode(this.#options.serverName);
      this.#hello = packed([randomBytes(RANDOM_BYTES), name]);
      this.#send(this.#frames.frame(Frame.clientHello, this.#hello));
      return;
    }
    const wasFull = this.#room === 0;
    this.#flush();
    if (this.#state === 'open' && wasFull && this.#room > 0) this.#options.onWritable(this.#room);
  }

  #take(count: number): void {
    if (this.#state === 'over') return;
    const bytes = new Uint8Array(count);
    this.#socket.read(bytes);
    const had = this.#unread.length;
    try {
      this.#frames.take(bytes, (type, body) => {
        this.#takeFrame(type, body);
        return this.#state !== 'over';
      });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#fail(error);
      return;
    }
    if (this.#state === 'open' && this.#unread.length > had) this.#options.onReadable(this.#unread.length);
  }

  #takeFrame(type: number, body: Uint8Array): void {
    if (type === Frame.alert) this.#fail(new FrameError('the server refuses'));
    else if (type === Frame.serverHello && this.#state === 'hello') this.#answerHello(body);
    else if (type === Frame.serverFinished && this.#state === 'finishing') {
      this.#state = 'open';
      this.#options.onWritable(this.#room);
    } else if (type === Frame.data && this.#state === 'open') this.#unread = joined([this.#unread, body]);
    else throw new FrameError('a frame comes out of turn');
  }

  #answerHello(body: Uint8Array): void {
    const [signature, said = body] = unpacked(body);
    const [random, wantsCertificate, ...chain] = unpacked(said);
    if (signature === undefined || random?.length !== RANDOM_BYTES || wantsCertificate?.length !== 1) {
      throw new FrameError('a handshake is malformed');
    }
    const key = this.#options.verify(chain);
    // The firmware may have closed it, or lost its power, in the middle of that.
    if (this.#state === 'over') return;
    const hellos = joined([this.#hello, said]);
    if (key === undefined || !this.#isSigned(key, hellos, signature)) {
      this.#fail(new FrameError('the server is not who it should be'));
      return;
    }
    this.#frames.binding = joined([unpacked(this.#hello)[0]!, random]);
    this.#state = 'finishing';
    const { identity } = this.#options;
    const shown = wantsCertificate[0] === 1 && identity ? show(identity, hellos) : new Uint8Array(0);
    this.#send(this.#frames.frame(Frame.clientFinished, shown));
  }

  #isSigned(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
    return key.kind === 'rsa'
      ? isRsaSignature(this.#crypto, key, message, signature)
      : isEcdsaSignature(this.#crypto, key, message, signature);
  }

  #fail(error: Error): void {
    if (this.#state === 'over') return;
    this.#send(this.#frames.frame(Frame.alert, new Uint8Array(0)));
    this.#state = 'over';
    this.#socket.close();
    this.#options.onError(error);
  }
}

/** A client's certificates, behind its signature. */
function show({ key, certificates }: TlsIdentity, message: Uint8Array): Uint8Array {
  const privateKey = createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' });
  return packed([sign('sha256', message, privateKey), ...certificates]);
}
