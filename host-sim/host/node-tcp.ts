import type { Socket } from 'node:net';
import type { AcceptedSocket, TcpEvents } from '../../src/ports/socket.js';
import type { Guard } from './node-timer.js';
import type { DialedSocket } from './uplink-tcp.js';

/** Bytes that may wait in the socket before it takes no more, as lwIP's send buffer on a board. */
const SEND_ROOM = 8_192;
/** A closed socket is given this long to get rid of what was written, ms. */
const LINGER_MS = 2_000;

/** A socket of a board over one of Node. */
export class NodeTcp implements AcceptedSocket, DialedSocket {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #below: Socket;
  readonly #events: TcpEvents;
  readonly #guard: Guard;
  readonly #open: Set<Socket>;
  /** What has come and was not read, oldest first. */
  #unread: Uint8Array | undefined;
  /** Little room was left at the last write: `onWritable` is due. */
  #low = false;
  #gathering = false;
  #closed = false;
  #ended = false;

  /** @param below what can be reset, where that is not the socket itself */
  constructor(socket: Socket, events: TcpEvents, guard: Guard, open: Set<Socket>, below = socket) {
    this.remoteAddress = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#events = events;
    this.#guard = guard;
    this.#open = open;
    this.#below = below;
    open.add(below);
    socket.on('error', this.#onLost);
    socket.on('end', () => this.#onLost());
    socket.on('close', () => this.#onLost());
  }

  get room(): number {
    return Math.max(0, SEND_ROOM - this.#socket.writableLength);
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
    if (bytes.length > this.room) throw new RangeError('more than can be written');
    this.#gather();
    // The caller reuses its buffer as soon as this returns.
    this.#socket.write(Buffer.from(bytes), this.#onFlushed);
    const { room } = this;
    if (room < SEND_ROOM / 2) this.#low = true;
    return room;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#open.delete(this.#below);
    closeSoon(this.#socket, this.#below);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#open.delete(this.#below);
    if (this.#below.connecting) this.#below.destroy();
    else this.#below.resetAndDestroy();
  }

  /** Bytes have come; they are only good during the call. */
  receive(fresh: Uint8Array): void {
    if (this.#closed || this.#ended) return;
    this.#guard(() => {
      this.#unread = this.#unread === undefined ? fresh : Buffer.concat([this.#unread, fresh]);
      this.#events.onReadable(this.#unread.length);
    });
    if (this.#unread !== undefined) this.#unread = Uint8Array.from(this.#unread);
  }

  /** There is room. */
  writable(): void {
    if (!this.#closed && !this.#ended) this.#guard(() => this.#events.onWritable(this.room));
  }

  /** What a board says in one turn, an answer and the post after it, leaves at once: each write costs a call of the system, and the peer a read. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#socket.cork();
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#gathering = false;
    this.#socket.uncork();
  };

  readonly #onFlushed = (): void => {
    // Told once, when there is room for a whole message again.
    if (!this.#low || this.room < SEND_ROOM / 2) return;
    this.#low = false;
    this.writable();
  };

  readonly #onLost = (error?: Error): void => {
    this.#open.delete(this.#below);
    if (this.#closed || this.#ended) return;
    this.#ended = true;
    this.#guard(() => this.#events.onError(error));
  };
}

/** Closes a socket once what was written is on its way; a peer that reads nothing does not keep it for ever. */
function closeSoon(socket: Socket, below: Socket): void {
  if (below.connecting) {
    socket.destroy();
    return;
  }
  const late = setTimeout(() => below.resetAndDestroy(), LINGER_MS);
  late.unref();
  socket.once('close', () => clearTimeout(late));
  // What an accepted socket has not read would keep it from its end.
  socket.resume();
  socket.destroySoon();
}
