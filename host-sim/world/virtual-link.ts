import type { TcpEvents, UdpPeer } from '../../src/ports/socket.js';
import type { VirtualTime } from './virtual-time.js';

/** Bytes that may be on their way from a board before its socket takes no more, as lwIP's send buffer. */
const SEND_ROOM = 8_192;
/** A segment that carries nothing but TCP itself, bytes. */
const BARE_BYTES = 40;

/** How a connection ended, seen from the test's side. */
export type PeerEnd = 'ended' | 'reset';

/** The test's end of a connection with a board. Nothing is called after `onClosed`, `reset` or `end`. */
export interface VirtualPeer {
  /** Of a connection that the test makes: the board has taken it. What is written earlier waits. */
  onOpened?: (() => void) | undefined;
  /** Bytes have come from the board: one write of its firmware, at most. */
  onData: ((bytes: Uint8Array) => void) | undefined;
  /** The board closed the connection (`ended`); or it refused it, or lost its power (`reset`). */
  onClosed: ((how: PeerEnd) => void) | undefined;
  /** Sends bytes, cut into segments of `segmentBytes` (default the network's); each arrives as an event of its own. */
  write(bytes: Uint8Array, segmentBytes?: number): void;
  /** Closes the connection after what was written. */
  end(): void;
  /** Closes the connection at once: what was written and has not arrived is lost. */
  reset(): void;
  /** Half-open from now on: nothing arrives any more in either direction, and neither side is told. */
  freeze(): void;
  /** While true, the board's bytes stay on their way and fill its send buffer. */
  paused: boolean;
  readonly open: boolean;
  /** Nothing arrives any more in either direction. */
  readonly isFrozen: boolean;
  /** The board has not let go of its end. */
  readonly isHeld: boolean;
  /** Whose connection it is, as its stack was named. */
  readonly owner: string;
}

/** The way between one host and the rest of the network. */
export interface Path {
  /** Time that so many bytes take now in one direction, ms; `undefined`: they never arrive. */
  delayMs(bytes: number, upward: boolean): number | undefined;
  /** The way to whoever has this address on the same access point; `undefined`: nobody has it there. */
  local?(address: string): LocalRoute | undefined;
}

/** What somebody on the same access point reaches of a host. */
export interface Neighbour {
  /** What takes connections to a port; `undefined`: they are refused. `from`: the address of who connects. */
  listener(port: number, from: string): ((peer: VirtualPeer) => void) | undefined;
  /** A packet comes in. */
  packet(port: number, bytes: Uint8Array, from: UdpPeer): void;
}

/** The way between two hosts on one access point. */
export interface LocalRoute {
  readonly path: Path;
  readonly to: Neighbour;
  /** Address of the one who goes it. */
  readonly from: string;
}

/** What carries a firmware callback into a board: nothing runs once its power is gone. */
export type Deliver = (callback: () => void) => void;

/** What a connection needs of its network. */
export interface LinkNetwork {
  readonly time: VirtualTime;
  readonly segmentBytes: number;
  /** Who listens there; `undefined`: the connection is refused. */
  listener(address: string, port: number): ((peer: VirtualPeer) => void) | undefined;
}

/** Where a connection comes from. */
export interface LinkHome {
  readonly network: LinkNetwork;
  readonly path: Path;
  readonly deliver: Deliver;
  readonly owner: string;
}

/** One connection: the board's end and the test's. `dial` or `knock` follows its making. */
export class Link implements VirtualPeer {
  readonly owner: string;
  onOpened: (() => void) | undefined;
  onData: ((bytes: Uint8Array) => void) | undefined;
  onClosed: ((how: PeerEnd) => void) | undefined;
  readonly #network: LinkNetwork;
  readonly #path: Path;
  readonly #deliver: Deliver;
  /** Undefined while it waits to be accepted. */
  #events: TcpEvents | undefined;
  readonly #open: Set<Link>;
  /** The firmware may still be called and may still read. */
  #boardOpen = true;
  /** The firmware was told that the connection is over. */
  #boardTold = false;
  #peerOpen = false;
  #frozen = false;
  /** Marks what was sent before a reset. */
  #tag = {};
  /** When the last bytes of each direction arrive. */
  #upMs = 0;
  #downMs = 0;
  #paused = false;
  #room = SEND_ROOM;
  #unread = new Uint8Array(0);
  readonly #held: Uint8Array[] = [];

  constructor(home: LinkHome, open: Set<Link>, events?: TcpEvents) {
    this.owner = home.owner;
    this.#network = home.network;
    this.#path = home.path;
    this.#deliver = home.deliver;
    this.#events = events;
    this.#open = open;
    open.add(this);
  }

  /** The board connects. */
  dial(address: string, port: number): void {
    this.#upward(BARE_BYTES, () => {
      if (!this.#boardOpen) return;
      const accept = this.#network.listener(address, port);
      if (accept === undefined) {
        this.#downward(BARE_BYTES, () => this.#tell(new Error('connection refused')));
        return;
      }
      this.#peerOpen = true;
      this.#downward(BARE_BYTES, () => this.#tellRoom());
      accept(this);
    });
  }

  /** The test connects; `admit` says whether the board takes it. */
  knock(admit: (link: Link) => boolean): void {
    this.#peerOpen = true;
    this.#downward(BARE_BYTES, () => {
      if (!admit(this)) this.refuse();
      else {
        this.#upward(BARE_BYTES, () => {
          if (this.#peerOpen) this.onOpened?.();
        });
      }
    });
  }

  // The board's end.

  read(into: Uint8Array): number {
    if (!this.#boardOpen) throw new Error('socket is closed');
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    return count;
  }

  send(bytes: Uint8Array): number {
    if (!this.#boardOpen) throw new Error('socket is closed');
    if (bytes.length > this.#room) throw new RangeError('more than can be written');
    this.#room -= bytes.length;
    const copy = new Uint8Array(bytes);
    this.#upward(bytes.length, () => {
      if (this.#paused) this.#held.push(copy);
      else this.#arriveAtPeer(copy);
    });
    return this.#room;
  }

  close(): void {
    this.#letGo('ended');
  }

  /** The board does not take a connection that was knocked for. */
  refuse(): void {
    this.#letGo('reset');
  }

  #letGo(how: PeerEnd): void {
    if (!this.#boardOpen) return;
    this.#boardOpen = false;
    this.#open.delete(this);
    this.#upward(BARE_BYTES, () => this.#closePeer(how));
  }

  /** The firmware takes a connection that was knocked for; what happened to it meanwhile follows. */
  accept(events: TcpEvents): void {
    const told = this.#boardTold;
    this.#network.time.timer.set(() => {
      this.#events = events;
      this.#boardTold = false;
      this.#tellRoom();
      if (this.#unread.length > 0 && this.#boardOpen) this.#deliver(() => events.onReadable(this.#unread.length));
      if (told) this.#tell(undefined);
    });
  }

  powerOff(silent: boolean): void {
    this.#boardOpen = false;
    if (!silent) this.#upward(BARE_BYTES, () => this.#closePeer('reset'));
  }

  // The test's end.

  get open(): boolean {
    return this.#peerOpen;
  }

  get isFrozen(): boolean {
    return this.#frozen;
  }

  get isHeld(): boolean {
    return this.#boardOpen && !this.#boardTold;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    while (!this.#paused && this.#held.length > 0) this.#arriveAtPeer(this.#held.shift()!);
  }

  write(bytes: Uint8Array, segmentBytes = this.#network.segmentBytes): void {
    if (!this.#peerOpen) return;
    for (let at = 0; at < bytes.length; at += segmentBytes) {
      const segment = bytes.slice(at, at + segmentBytes);
      this.#downward(segment.length, () => this.#arriveAtBoard(segment));
    }
  }

  end(): void {
    if (!this.#peerOpen) return;
    this.#peerOpen = false;
    this.#downward(BARE_BYTES, () => this.#tell(undefined));
  }

  reset(): void {
    if (!this.#peerOpen) return;
    this.#peerOpen = false;
    // What is on its way is lost, but for the reset itself.
    this.#tag = {};
    this.#downward(BARE_BYTES, () => this.#tell(new Error('connection reset')));
  }

  freeze(): void {
    this.#frozen = true;
  }

  #arriveAtPeer(bytes: Uint8Array): void {
    if (this.#peerOpen) this.onData?.(bytes);
    // The acknowledgement travels back and frees the room.
    this.#downward(BARE_BYTES, () => {
      const full = this.#room === 0;
      this.#room += bytes.length;
      if (full && this.#boardOpen && !this.#boardTold) this.#tellRoom();
      else this.#network.time.isCalm = true;
    });
  }

  #tellRoom(): void {
    const events = this.#events;
    if (events && this.#boardOpen && !this.#boardTold) this.#deliver(() => events.onWritable(this.#room));
  }

  #arriveAtBoard(segment: Uint8Array): void {
    if (!this.#boardOpen || this.#boardTold) return;
    const unread = new Uint8Array(this.#unread.length + segment.length);
    unread.set(this.#unread);
    unread.set(segment, this.#unread.length);
    this.#unread = unread;
    const events = this.#events;
    if (events) this.#deliver(() => events.onReadable(unread.length));
  }

  #tell(error: Error | undefined): void {
    if (!this.#boardOpen || this.#boardTold) return;
    this.#boardTold = true;
    const events = this.#events;
    if (events) this.#deliver(() => events.onError(error));
  }

  #closePeer(how: PeerEnd): void {
    if (!this.#peerOpen) return;
    this.#peerOpen = false;
    this.onClosed?.(how);
  }

  #upward(bytes: number, arrive: () => void): void {
    this.#upMs = this.#send(bytes, true, this.#upMs, arrive);
  }

  #downward(bytes: number, arrive: () => void): void {
    this.#downMs = this.#send(bytes, false, this.#downMs, arrive);
  }

  /** A stream keeps its order and has no holes: nothing that follows a loss arrives either. Returns when this arrives. */
  #send(bytes: number, upward: boolean, afterMs: number, arrive: () => void): number {
    if (this.#frozen) return afterMs;
    const delayMs = this.#path.delayMs(bytes, upward);
    if (delayMs === undefined) {
      this.#frozen = true;
      return afterMs;
    }
    const { time } = this.#network;
    const atMs = Math.max(afterMs, time.nowMs + delayMs);
    const tag = this.#tag;
    time.timer.set(() => {
      if (!this.#frozen && this.#tag === tag) arrive();
    }, atMs - time.nowMs);
    return atMs;
  }
}
