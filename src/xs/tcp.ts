import SdkTcp from 'embedded:io/socket/tcp';
import type { TcpOptions, TcpSocket } from '../ports/socket.js';

/**
 * The SDK's TCP socket with the manners of the port: a short read is no error, an error is reported once. The SDK delivers
 * its error only after all that came has been read, so a reader must empty the socket whenever it is told of bytes.
 */
export class XsTcp implements TcpSocket {
  #socket: SdkTcp | undefined;
  #readable = 0;
  #writable = 0;
  #failed = false;

  constructor(options: TcpOptions) {
    this.#socket = new SdkTcp({
      address: options.address,
      port: options.port,
      nodelay: options.noDelay === true,
      onReadable: (count) => {
        if (this.#socket === undefined) return;
        this.#readable = count;
        options.onReadable(count);
      },
      onWritable: (count) => {
        if (this.#socket === undefined || this.#failed) return;
        this.#writable = count;
        options.onWritable(count);
      },
      onError: () => {
        if (this.#socket === undefined || this.#failed) return;
        this.#failed = true;
        this.#writable = 0;
        options.onError();
      },
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
    if (bytes.length > 0) this.#writable = socket.write(bytes) ?? 0;
    return this.#writable;
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #opened(): SdkTcp {
    if (this.#socket === undefined) throw new Error('the socket is closed');
    return this.#socket;
  }
}
