import type {
  ResolveOptions,
  Resolver,
  TcpConstructor,
  TcpOptions,
  TcpSocket,
  UdpConstructor,
  UdpOptions,
  UdpSocket,
} from '../../src/ports/socket.js';
import type { VirtualTime } from './virtual-time.js';

/** Bytes that may be on their way from a board before its socket takes no more, as lwIP's send buffer. */
const SEND_ROOM = 8_192;
const MOST_PACKETS = 8;
/** A question of the resolver or its answer, and a segment that carries nothing but TCP itself. */
const DNS_BYTES = 64;
const BARE_BYTES = 40;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** How a connection ended, seen from the test's side. */
export type PeerEnd = 'ended' | 'reset';

/** The test's end of a connection that a board opened. Nothing is called after `onClosed`, `reset` or `end`. */
export interface VirtualPeer {
  /** Bytes have come from the board: one write of its firmware, at most. */
  onData: ((bytes: Uint8Array) => void) | undefined;
  /** The board closed the connection (`ended`) or lost its power (`reset`). */
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
  /** Whose connection it is, as its stack was named. */
  readonly owner: string;
}

export interface VirtualListener {
  close(): void;
}

export interface VirtualNetworkOptions {
  /** Time that a segment, a packet or an answer of the resolver takes (default 1), ms. */
  readonly latencyMs?: number;
  /** Longest segment that arrives at a board (default 1460), bytes. */
  readonly segmentBytes?: number;
}

/** The way between one host and the rest of the network. */
export interface Path {
  /** Time that so many bytes take now in one direction, ms; `undefined`: they never arrive. */
  delayMs(bytes: number, upward: boolean): number | undefined;
}

/** What carries a firmware callback into a board: nothing runs once its power is gone. */
export type Deliver = (callback: () => void) => void;

/** One board's sockets on a `VirtualNetwork`. */
export interface VirtualStack {
  readonly TCP: TcpConstructor;
  readonly UDP: UdpConstructor;
  readonly resolver: Resolver;
  /** The board's power goes: peers see a reset, or with `silent` nothing at all. */
  powerOff(silent: boolean): void;
}

type PacketHandler = (packet: Uint8Array, reply: (answer: Uint8Array) => void) => void;

/**
 * A network in memory and in virtual time. The test listens at names or addresses and plays the server; boards reach it
 * through `stack`. Everything arrives by a timer of its own, in order, `latencyMs` after it was sent. A port where nobody
 * listens refuses; a name that was never mentioned does not resolve; while `down` is true, whatever is sent is lost and
 * the connections that it was sent on are half-open from then on.
 */
export class VirtualNetwork {
  readonly time: VirtualTime;
  readonly latencyMs: number;
  segmentBytes: number;
  down = false;
  readonly #names = new Map<string, string>();
  readonly #listeners = new Map<string, (peer: VirtualPeer) => void>();
  readonly #packets = new Map<string, PacketHandler>();
  readonly #path: Path = { delayMs: () => (this.down ? undefined : this.latencyMs) };

  constructor(time: VirtualTime, options: VirtualNetworkOptions = {}) {
    this.time = time;
    this.latencyMs = options.latencyMs ?? 1;
    this.segmentBytes = options.segmentBytes ?? 1_460;
  }

  /** Plays a TCP server at a name (which gets an address of its own) or an IPv4 address. */
  listen(host: string, port: number, onConnection: (peer: VirtualPeer) => void): VirtualListener {
    const key = `${this.addressOf(host)}:${port}`;
    if (this.#listeners.has(key)) throw new Error(`${key} is taken`);
    this.#listeners.set(key, onConnection);
    return { close: () => this.#listeners.delete(key) };
  }

  /** Answers UDP packets sent to a name or address. */
  listenUdp(host: string, port: number, onPacket: PacketHandler): VirtualListener {
    const key = `${this.addressOf(host)}:${port}`;
    this.#packets.set(key, onPacket);
    return { close: () => this.#packets.delete(key) };
  }

  /** The address of a name, made up at the first mention of it. */
  addressOf(host: string): string {
    if (IPV4.test(host)) return host;
    const known = this.#names.get(host);
    if (known !== undefined) return known;
    const address = `10.0.0.${this.#names.size + 1}`;
    this.#names.set(host, address);
    return address;
  }

  /** A name that does not resolve from now on. */
  forget(host: string): void {
    this.#names.delete(host);
  }

  /** A name that resolves to this address from now on. */
  assign(host: string, address: string): void {
    this.#names.set(host, address);
  }

  /** @internal */
  resolve(host: string): string | undefined {
    return IPV4.test(host) ? host : this.#names.get(host);
  }

  /** @internal */
  listener(address: string, port: number): ((peer: VirtualPeer) => void) | undefined {
    return this.#listeners.get(`${address}:${port}`);
  }

  /** @internal */
  packetHandler(address: string, port: number): PacketHandler | undefined {
    return this.#packets.get(`${address}:${port}`);
  }

  /** The sockets of one board; its packets travel as `path` says, by default as the network does. Peers see whose they are. */
  stack(deliver: Deliver, path: Path = this.#path, owner = ''): VirtualStack {
    const network = this;
    const send = (bytes: number, upward: boolean, arrive: () => void): void => {
      const delayMs = path.delayMs(bytes, upward);
      if (delayMs !== undefined) network.time.timer.set(arrive, delayMs);
    };
    const open = new Set<Link>();
    const udp = new Set<{ close(): void }>();
    return {
      TCP: class implements TcpSocket {
        readonly #link: Link;
        constructor(options: TcpOptions) {
          this.#link = new Link({ network, path, deliver, owner }, options, open);
        }
        read(into: Uint8Array): number {
          return this.#link.read(into);
        }
        write(bytes: Uint8Array): number {
          return this.#link.send(bytes);
        }
        close(): void {
          this.#link.close();
        }
      },
      UDP: class implements UdpSocket {
        readonly #unread: Uint8Array[] = [];
        readonly #options: UdpOptions;
        #closed = false;
        constructor(options: UdpOptions) {
          this.#options = options;
          udp.add(this);
        }
        read(into: Uint8Array): number {
          if (this.#closed) throw new Error('socket is closed');
          const packet = this.#unread.shift();
          if (packet === undefined) return 0;
          const count = Math.min(into.length, packet.length);
          into.set(packet.subarray(0, count));
          return count;
        }
        write(bytes: Uint8Array, address: string, port: number): void {
          if (this.#closed) throw new Error('socket is closed');
          const packet = Uint8Array.from(bytes);
          send(packet.length, true, () => {
            network.packetHandler(address, port)?.(packet, (answer) => {
              const copy = answer.slice();
              send(copy.length, false, () => this.#arrive(copy));
            });
          });
        }
        close(): void {
          this.#closed = true;
          udp.delete(this);
        }
        #arrive(packet: Uint8Array): void {
          if (this.#closed || this.#unread.length === MOST_PACKETS) return;
          this.#unread.push(packet);
          deliver(() => this.#options.onReadable(this.#unread.length));
        }
      },
      resolver: {
        resolve: ({ host, onResolved, onError }: ResolveOptions) => {
          const failed = () => deliver(() => onError(new Error('no such name')));
          // Asked at once, answered a round trip later; where nothing gets through, the resolver gives up.
          const there = path.delayMs(DNS_BYTES, true);
          const back = path.delayMs(DNS_BYTES, false);
          if (there === undefined || back === undefined) {
            network.time.timer.set(failed, 2 * network.latencyMs);
            return;
          }
          network.time.timer.set(() => {
            const address = network.resolve(host);
            if (address === undefined) failed();
            else deliver(() => onResolved(host, address));
          }, there + back);
        },
      },
      powerOff: (silent) => {
        for (const link of open) link.powerOff(silent);
        for (const socket of udp) socket.close();
        open.clear();
        udp.clear();
      },
    };
  }
}

/** Where a connection comes from. */
interface LinkHome {
  readonly network: VirtualNetwork;
  readonly path: Path;
  readonly deliver: Deliver;
  readonly owner: string;
}

/** One connection: the board's end and the test's. */
class Link implements VirtualPeer {
  readonly owner: string;
  onData: ((bytes: Uint8Array) => void) | undefined;
  onClosed: ((how: PeerEnd) => void) | undefined;
  readonly #network: VirtualNetwork;
  readonly #path: Path;
  readonly #deliver: Deliver;
  readonly #options: TcpOptions;
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

  constructor(home: LinkHome, options: TcpOptions, open: Set<Link>) {
    const { network, deliver } = home;
    this.owner = home.owner;
    this.#network = network;
    this.#path = home.path;
    this.#deliver = deliver;
    this.#options = options;
    this.#open = open;
    open.add(this);
    const { address, port } = options;
    this.#upward(BARE_BYTES, () => {
      if (!this.#boardOpen) return;
      const accept = network.listener(address, port);
      if (accept === undefined) {
        this.#downward(BARE_BYTES, () => this.#tell(new Error('connection refused')));
        return;
      }
      this.#peerOpen = true;
      this.#downward(BARE_BYTES, () => {
        if (this.#boardOpen && !this.#boardTold) deliver(() => options.onWritable(this.#room));
      });
      accept(this);
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
    const copy = Uint8Array.from(bytes);
    this.#upward(bytes.length, () => {
      if (this.#paused) this.#held.push(copy);
      else this.#arriveAtPeer(copy);
    });
    return this.#room;
  }

  close(): void {
    if (!this.#boardOpen) return;
    this.#boardOpen = false;
    this.#open.delete(this);
    this.#upward(BARE_BYTES, () => this.#closePeer('ended'));
  }

  powerOff(silent: boolean): void {
    this.#boardOpen = false;
    if (!silent) this.#upward(BARE_BYTES, () => this.#closePeer('reset'));
  }

  // The test's end.

  get open(): boolean {
    return this.#peerOpen;
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
      if (full && this.#boardOpen && !this.#boardTold) this.#deliver(() => this.#options.onWritable(this.#room));
    });
  }

  #arriveAtBoard(segment: Uint8Array): void {
    if (!this.#boardOpen || this.#boardTold) return;
    const unread = new Uint8Array(this.#unread.length + segment.length);
    unread.set(this.#unread);
    unread.set(segment, this.#unread.length);
    this.#unread = unread;
    this.#deliver(() => this.#options.onReadable(unread.length));
  }

  #tell(error: Error | undefined): void {
    if (!this.#boardOpen || this.#boardTold) return;
    this.#boardTold = true;
    this.#open.delete(this);
    this.#deliver(() => this.#options.onError(error));
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
