import type { AcceptedSocket, Listener, ListenerOptions, TcpEvents, TcpOptions } from '../../src/ports/socket.js';
import { decodeText, type Outgoing, type Table } from './guest-wire.js';
import { Act } from './protocol.js';

/** Longest address, bytes. */
const TEXT_ROOM = 1_024;

/** A connection; `dial` or `accept` makes it one. */
export class GuestTcp implements AcceptedSocket {
  remoteAddress = '';
  protected readonly id: number;
  readonly #out: Outgoing;
  readonly #table: Table<GuestTcp>;
  readonly #events: TcpEvents;
  #unread: Uint8Array | undefined;
  #room = 0;
  #closed = false;

  /** @throws {RangeError} where there are too many */
  constructor(out: Outgoing, table: Table<GuestTcp>, events: TcpEvents) {
    this.#out = out;
    this.#table = table;
    this.#events = events;
    this.id = table.add(this);
  }

  dial({ address, port, noDelay = false }: TcpOptions): void {
    this.remoteAddress = address;
    this.#out.begin(Act.tcpOpen, 16 + TEXT_ROOM);
    this.#out.u32(this.id);
    this.#out.u32(port);
    this.#out.u32(noDelay ? 1 : 0);
    this.#out.text(address, TEXT_ROOM);
  }

  /** Whether a connection waited at that listener. */
  accept(listener: number): boolean {
    this.#out.begin(Act.listenerAccept, 8);
    this.#out.u32(listener);
    this.#out.u32(this.id);
    const answer = this.#out.ask();
    if (answer.byteLength === 1) {
      this.#table.remove(this.id);
      return false;
    }
    this.remoteAddress = decodeText(new Uint8Array(answer.buffer), 1, answer.byteLength);
    return true;
  }

  read(into: Uint8Array): number {
    if (this.#closed) throw new Error('socket is closed');
    const unread = this.#unread;
    if (unread === undefined) return 0;
    if (unread.length <= into.length) {
      into.set(unread);
      this.#unread = undefined;
      return unread.length;
    }
    into.set(unread.subarray(0, into.length));
    this.#unread = unread.subarray(into.length);
    return into.length;
  }

  write(bytes: Uint8Array): number {
    if (this.#closed) throw new Error('socket is closed');
    if (bytes.length > this.#room) throw new RangeError('more than can be written');
    this.#room -= bytes.length;
    this.#out.begin(Act.tcpWrite, 8 + bytes.length);
    this.#out.u32(this.id);
    this.#out.bytes(bytes);
    return this.#room;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.remove(this.id);
    this.#out.begin(Act.tcpClose, 4);
    this.#out.u32(this.id);
  }

  setRoom(room: number): void {
    this.#room = room;
  }

  writable(room: number): void {
    this.#room = room;
    this.#events.onWritable(room);
  }

  readable(bytes: Uint8Array): void {
    this.#add(bytes);
    this.#events.onReadable(this.#unread!.length);
  }

  failed(unread: Uint8Array): void {
    if (unread.length > 0) this.#add(unread);
    this.#events.onError();
  }

  /** A server has shown its certificates, each after its length. A connection without TLS has nothing to say to it. */
  judge(_chain: Uint8Array): void {}

  #add(bytes: Uint8Array): void {
    const before = this.#unread;
    if (before === undefined) {
      this.#unread = bytes;
      return;
    }
    const all = new Uint8Array(before.length + bytes.length);
    all.set(before);
    all.set(bytes, before.length);
    this.#unread = all;
  }
}

/** A listener; which connections wait, the host knows. */
export class GuestListener implements Listener {
  readonly #out: Outgoing;
  readonly #table: Table<GuestListener>;
  readonly #connections: Table<GuestTcp>;
  readonly #options: ListenerOptions;
  readonly #id: number;
  #closed = false;

  constructor(out: Outgoing, table: Table<GuestListener>, connections: Table<GuestTcp>, options: ListenerOptions) {
    this.#out = out;
    this.#table = table;
    this.#connections = connections;
    this.#options = options;
    const { port } = options;
    if (table.some((other) => other.#options.port === port)) throw new Error(`port ${port} is taken`);
    this.#id = table.add(this);
    out.begin(Act.listenerOpen, 8);
    out.u32(this.#id);
    out.u32(port);
  }

  accept(events: TcpEvents): AcceptedSocket | undefined {
    if (this.#closed) throw new Error('listener is closed');
    const socket = new GuestTcp(this.#out, this.#connections, events);
    return socket.accept(this.#id) ? socket : undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.remove(this.#id);
    this.#out.begin(Act.listenerClose, 4);
    this.#out.u32(this.#id);
  }

  readable(count: number): void {
    this.#options.onReadable(count);
  }
}
