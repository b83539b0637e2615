import SdkTcp, { type TcpCallbacks } from 'embedded:io/socket/tcp';
import Timer from 'timer';
import type { AcceptedSocket, TcpEvents, TcpOptions, TcpSocket } from '../ports/socket.js';

/**
 * The SDK's TCP socket with the manners of the port: a short read is no error, an error is reported once. The SDK delivers
 * its error only after all that came has been read, so a reader must empty the socket whenever it is told of bytes.
 */
class Wrapped implements TcpSocket {
  readonly #events: TcpEvents;
  #socket: SdkTcp | undefined;
  #readable = 0;
  #writable = 0;
  #failed = false;

  constructor(make: (callbacks: TcpCallbacks) => SdkTcp, events: TcpEvents) {
    this.#events = events;
    this.#socket = make({
      onReadable: (count) => {
        if (this.#socket === undefined) return;
        this.#readable = count;
        events.onReadable(count);
      },
      onWritable: (count) => {
        if (this.#socket === undefined || this.#failed) return;
        this.#writable = count;
        events.onWritable(count);
      },
      onError: () => this.#fail(),
    });
  }

  read(into: Uint8Array): number {
    const socket = this.#opened();
    const count = Math.min(into.length, this.#readable);
    if (count === 0) return 0;
    this.#readable -= count;
    socket.read(count === into.length ? into : into.subarray(0, count));
    return count;
  }

  write(bytes: Uint8Array): number {
    const socket = this.#opened();
    if (bytes.length > this.#writable) {
      throw new RangeError(`${bytes.length} bytes where ${this.#writable} can be written`);
    }
    if (bytes.length === 0) return this.#writable;
    const room = socket.write(bytes);
    this.#writable = room ?? 0;
    // It has gone, and on Linux the SDK keeps that to itself.
    if (room === undefined) Timer.set(() => this.#fail());
    return this.#writable;
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #fail(): void {
    if (this.#socket === undefined || this.#failed) return;
    this.#failed = true;
    this.#writable = 0;
    this.#events.onError();
  }

  #opened(): SdkTcp {
    if (this.#socket === undefined) throw new Error('the socket is closed');
    return this.#socket;
  }
}

/** A connection to make. */
export class XsTcp extends Wrapped {
  constructor(options: TcpOptions) {
    const { address, port, noDelay } = options;
    super((callbacks) => new SdkTcp({ address, port, nodelay: noDelay === true, ...callbacks }), options);
  }
}

/** A connection that a listener took; it moves over from the SDK's object without callbacks. @throws when its peer has gone */
export class XsAcceptedTcp extends Wrapped implements AcceptedSocket {
  readonly remoteAddress: string;

  constructor(from: SdkTcp, events: TcpEvents) {
    let remoteAddress = '';
    super((callbacks) => {
      const socket = new SdkTcp({ from, nodelay: true, ...callbacks });
      // Now, because the SDK's getter does not bear a peer that has gone.
      remoteAddress = socket.remoteAddress;
      return socket;
    }, events);
    this.remoteAddress = remoteAddress;
  }
}
