import { connect, type Socket } from 'node:net';
import type { TcpConstructor, TcpOptions, TcpSocket } from '../../src/ports/socket.js';
import type { Guard } from './node-timer.js';

/** Bytes that may wait in the socket before it takes no more, as lwIP's send buffer on a board. */
const SEND_ROOM = 8_192;
/** What one read of the operating system may bring. */
const RECEIVE_BYTES = 16_384;
/** A closed socket is given this long to get rid of what was written, ms. */
const LINGER_MS = 2_000;

/** Sockets of one board: closes those that are left when its power goes. */
export class NodeSockets {
  readonly TCP: TcpConstructor;
  readonly #open = new Set<Socket>();

  /** @param receive one buffer that all sockets of a process may share: it is only used within a callback */
  constructor(guard: Guard, receive: Uint8Array) {
    const open = this.#open;
    this.TCP = class implements TcpSocket {
      readonly #socket: Socket;
      /** What has come and was not read: views of it, oldest first. */
      #unread: Uint8Array | undefined;
      readonly #onFlushed: () => void;
      /** Little room was left at the last write: `onWritable` is due. */
      #low = false;
      #closed = false;
      #ended = false;

      constructor(options: TcpOptions) {
        const socket = connect({
          host: options.address,
          port: options.port,
          noDelay: options.noDelay ?? false,
          onread: {
            buffer: receive,
            callback: (count, buffer) => {
              guard(() => this.#receive(buffer as Uint8Array, count, options));
              return true;
            },
          },
        });
        this.#socket = socket;
        open.add(socket);
        const lost = (error?: Error): void => {
          open.delete(socket);
          if (this.#closed || this.#ended) return;
          this.#ended = true;
          guard(() => options.onError(error));
        };
        this.#onFlushed = () => {
          // Told once, when there is room for a whole message again.
          if (!this.#low || this.#room() < SEND_ROOM / 2) return;
          this.#low = false;
          writable();
        };
        const writable = (): void => {
          if (!this.#closed && !this.#ended) guard(() => options.onWritable(this.#room()));
        };
        socket.on('connect', writable);
        socket.on('error', lost);
        socket.on('end', () => lost());
        socket.on('close', () => lost());
      }

      read(into: Uint8Array): number {
        if (this.#closed) throw new Error('socket is closed');
        const unread = this.#unread;
        if (unread === undefined) return 0;
        const count = Math.min(into.length, unread.length);
        into.set(count === unread.length ? unread : unread.subarray(0, count));
        this.#unread = count === unread.length ? undefined : unread.subarray(count);
        return count;
      }

      write(bytes: Uint8Array): number {
        if (this.#closed) throw new Error('socket is closed');
        if (bytes.length > this.#room()) throw new RangeError('more than can be written');
        // The caller reuses its buffer as soon as this returns.
        this.#socket.write(Buffer.from(bytes), this.#onFlushed);
        const room = this.#room();
        if (room < SEND_ROOM / 2) this.#low = true;
        return room;
      }

      close(): void {
        if (this.#closed) return;
        this.#closed = true;
        open.delete(this.#socket);
        closeSoon(this.#socket);
      }

      #receive(buffer: Uint8Array, count: number, options: TcpOptions): void {
        if (this.#closed || this.#ended) return;
        const fresh = buffer.subarray(0, count);
        this.#unread = this.#unread === undefined ? fresh : Buffer.concat([this.#unread, fresh]);
        options.onReadable(this.#unread.length);
        // The shared buffer is not ours after this: what was not read is copied.
        if (this.#unread !== undefined) this.#unread = Uint8Array.from(this.#unread);
      }

      #room(): number {
        return Math.max(0, SEND_ROOM - this.#socket.writableLength);
      }
    };
  }

  /** Resets every connection: a board without power says nothing. */
  close(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
    this.#open.clear();
  }
}

/** Closes a socket once what was written is on its way; a peer that reads nothing does not keep it for ever. */
function closeSoon(socket: Socket): void {
  if (socket.connecting) {
    socket.destroy();
    return;
  }
  const late = setTimeout(() => socket.resetAndDestroy(), LINGER_MS);
  late.unref();
  socket.once('close', () => clearTimeout(late));
  socket.destroySoon();
}

/** The buffer for `NodeSockets`. */
export function createReceiveBuffer(): Uint8Array {
  return Buffer.allocUnsafeSlow(RECEIVE_BYTES);
}
