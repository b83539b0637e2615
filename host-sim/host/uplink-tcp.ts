import type { TcpOptions, TcpSocket } from '../../src/ports/socket.js';
import { Lane } from './lane.js';
import type { Passenger, Uplink } from './uplink.js';

/** What has come and is under way to the board, before the peer is kept from sending more, bytes. */
const MOST_UNDER_WAY = 65_536;
/** The board is told of room once there is so much after there was less, bytes. */
const ENOUGH_ROOM = 4_096;

/** A connection of this machine, as its uplink needs it. */
export interface DialedSocket extends TcpSocket {
  /** Bytes that can be written now. */
  readonly room: number;
  /** Takes no more from the peer until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it at once, silently for its owner; the peer sees a reset. */
  reset(): void;
}

/** How often packets go there or back until a connection stands: SYN and its answer, and with TLS 1.3 a handshake of as many. */
export const TCP_WAYS = 2;
export const TLS_WAYS = 4;

/** Connections of a board that go through its uplink. `ways`: how often packets go there or back until one stands. */
export function throughUplink<O extends TcpOptions>(
  Dialed: new (options: O) => DialedSocket,
  uplink: Uplink,
  ways: number,
): new (
  options: O,
) => TcpSocket {
  return (UplinkTcp<O>).bind(undefined, { Dialed, uplink, ways });
}

interface UplinkParts<O extends TcpOptions> {
  readonly Dialed: new (options: O) => DialedSocket;
  readonly uplink: Uplink;
  readonly ways: number;
}

/**
 * A connection that a board makes through its uplink. Where nothing gets through, it is silent: nothing is sent, not even its end,
 * nothing arrives, and it is not dialled. Where brokers cannot be reached, one to a broker is reset or refused.
 */
class UplinkTcp<O extends TcpOptions> implements TcpSocket, Passenger {
  readonly #parts: UplinkParts<O>;
  readonly #options: O;
  readonly #uplink: Uplink;
  readonly #endpoint: string;
  readonly #out: Lane;
  readonly #in: Lane;
  #inner: DialedSocket | undefined;
  /** What has arrived through the lane and was not read. */
  #unread: Uint8Array | undefined;
  #outBytes = 0;
  #inBytes = 0;
  #paused = false;
  #connected = false;
  /** What it is for; unknown until the board has said something. */
  #isMqtt: boolean | undefined;
  #low = false;
  /** The board has closed it. */
  #closed = false;
  /** It is reset or refused, or the peer has ended it; the board has heard of it, or will. */
  #over = false;

  constructor(parts: UplinkParts<O>, options: O) {
    const { uplink } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#uplink = uplink;
    this.#endpoint = `${options.address}:${options.port}`;
    this.#out = new Lane(uplink);
    this.#in = new Lane(uplink);
    uplink.enter(this);
    if (!uplink.isSilent) this.#start();
  }

  read(into: Uint8Array): number {
    this.#mustBeOpen();
    const unread = this.#unread;
    // What is under way comes after what this machine's socket still has from before.
    if (unread === undefined) return this.#in.isEmpty ? (this.#inner?.read(into) ?? 0) : 0;
    const count = Math.min(into.length, unread.length);
    into.set(unread.subarray(0, count));
    this.#unread = count === unread.length ? undefined : unread.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): number {
    this.#mustBeOpen();
    if (this.#isMqtt === undefined) {
      this.#isMqtt = this.#uplink.brokers.hear(this.#endpoint, bytes);
      if (this.#isMqtt && !this.#uplink.reachesBrokers) this.#refuse();
    }
    if (this.#inner !== undefined && this.#out.isClear) return this.#inner.write(bytes);
    if (this.#over) return 0;
    if (bytes.length > this.#room()) throw new RangeError('more than can be written');
    // The caller reuses its buffer as soon as this returns.
    const copy = Uint8Array.from(bytes);
    this.#outBytes += copy.length;
    this.#out.push(() => this.#send(copy));
    const room = this.#room();
    if (room < ENOUGH_ROOM) this.#low = true;
    return room;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#in.clear();
    this.#unread = undefined;
    // Where nothing gets through, the peer hears nothing of it until something does.
    if (this.#uplink.isSilent && this.#inner !== undefined) this.#out.clear();
    else if (this.#out.isEmpty || this.#inner === undefined) this.#finish();
    else {
      this.#out.push(() => this.#finish());
      // It will not arrive.
      if (this.#out.isDead) this.#finish();
    }
  }

  conditionsChanged(): void {
    if (this.#uplink.isSilent) {
      this.#pause();
      return;
    }
    this.#resume();
    this.#out.resume();
    this.#in.resume();
    if (this.#closed) {
      // Its end was not heard, and nobody is left to say it.
      if (this.#out.isEmpty || this.#out.isDead) this.#reset();
    } else if (this.#isMqtt === true && !this.#uplink.reachesBrokers) this.#refuse();
    else if (this.#inner === undefined) this.#start();
  }

  #start(): void {
    if (this.#over) return;
    const { brokers, reachesBrokers } = this.#uplink;
    if (!reachesBrokers && brokers.has(this.#endpoint)) {
      this.#refuse();
      return;
    }
    this.#inner = new this.#parts.Dialed({
      ...this.#options,
      onReadable: (count) => this.#onReadable(count),
      onWritable: (room) => this.#onWritable(room),
      onError: (error) => this.#onError(error),
    });
  }

  #onReadable(count: number): void {
    if (this.#closed || this.#in.isDead) this.#take(count);
    else if (this.#in.isClear) this.#options.onReadable(count + (this.#unread?.length ?? 0));
    else this.#receive(count);
  }

  #onWritable(room: number): void {
    if (this.#closed) return;
    if (this.#connected) this.#options.onWritable(this.#room());
    else {
      this.#connected = true;
      if (this.#in.isClear) this.#options.onWritable(room);
      else this.#in.push(() => this.#options.onWritable(this.#room()), this.#parts.ways);
    }
  }

  #onError(error: unknown): void {
    this.#over = true;
    if (this.#closed) this.#uplink.leave(this);
    else if (this.#in.isClear) this.#end(error);
    else {
      this.#receive(MOST_UNDER_WAY);
      this.#in.push(() => this.#end(error));
    }
  }

  /** Takes what has come from this machine's socket. */
  #take(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, this.#inner!.read(bytes));
  }

  #receive(count: number): void {
    const bytes = this.#take(count);
    if (bytes.length === 0) return;
    this.#inBytes += bytes.length;
    if (this.#inBytes > MOST_UNDER_WAY) this.#pause();
    this.#in.push(() => this.#arrive(bytes));
  }

  #arrive(bytes: Uint8Array): void {
    this.#inBytes -= bytes.length;
    if (this.#inBytes <= MOST_UNDER_WAY / 2) this.#resume();
    this.#unread = this.#unread === undefined ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#options.onReadable(this.#unread.length);
  }

  #send(bytes: Uint8Array): void {
    this.#outBytes -= bytes.length;
    if (this.#over) return;
    this.#inner?.write(bytes);
    if (!this.#low || this.#closed || this.#room() < ENOUGH_ROOM) return;
    this.#low = false;
    this.#options.onWritable(this.#room());
  }

  /** As a machine does on which nobody listens: the board hears of it a way later, the peer at once. */
  #refuse(): void {
    if (this.#over) return;
    this.#over = true;
    this.#inner?.reset();
    this.#inner = undefined;
    this.#out.clear();
    this.#in.push(() => this.#end(undefined));
  }

  #end(error: unknown): void {
    this.#over = true;
    this.#uplink.leave(this);
    this.#options.onError(error);
  }

  /** Everything that was written has left, or never will. */
  #finish(): void {
    if (this.#out.isDead) this.#reset();
    else {
      this.#uplink.leave(this);
      this.#inner?.close();
    }
  }

  #reset(): void {
    this.#uplink.leave(this);
    this.#out.clear();
    this.#inner?.reset();
  }

  #pause(): void {
    if (this.#paused || this.#inner === undefined) return;
    this.#paused = true;
    this.#inner.pause();
  }

  #resume(): void {
    if (!this.#paused || this.#inBytes > MOST_UNDER_WAY / 2) return;
    this.#paused = false;
    this.#inner?.resume();
  }

  #room(): number {
    return Math.max(0, (this.#inner?.room ?? 0) - this.#outBytes);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('socket is closed');
  }
}
