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

  /** The sockets of one board. */
  stack(deliver: Deliver): VirtualStack {
    const network = this;
    const open = new Set<Link>();
    const udp = new Set<{ close(): void }>();
    return {
      TCP: class implements TcpSocket {
        readonly #link: Link;
        constructor(options: TcpOptions) {
          this.#link = new Link(network, deliver, options, open);
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
          network.later(() => {
            network.packetHandler(address, port)?.(packet, (answer) => {
              const copy = answer.slice();
              network.later(() => this.#arrive(copy));
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
          // Sent at once, answered a round trip later; while the network is down there is no answer but a failure.
          network.time.timer.set(() => {
            const address = network.down ? undefined : network.resolve(host);
            deliver(() => (address === undefined ? onError(new Error('no such name')) : onResolved(host, address)));
          }, 2 * network.latencyMs);
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

  /** @internal Runs `arrive` after the latency; what is sent while the network is down is lost. */
  later(arrive: () => void): boolean {
    if (this.down) return false;
    this.time.timer.set(arrive, this.latencyMs);
    return true;
  }
}

/** One connection: the board's end and the test's. */
class Link implements VirtualPeer {
  onData: ((bytes: Uint8Array) => void) | undefined;
  onClosed: ((how: PeerEnd) => void) | undefined;
  readonly #network: VirtualNetwork;
  readonly #deliver: Deliver;
  readonly #options: TcpOptions;
  readonly #open: Set<Link>;
  /** The firmware may still be called and may still read. */
  #boardOpen = true;
  /** The firmware was told that the connection is over. */
  #boardTold = false;
  #peerOpen = false;
  #frozen = false;
  #paused = false;
  #room = SEND_ROOM;
  #unread = new Uint8Array(0);
  readonly #held: Uint8Array[] = [];

  constructor(network: VirtualNetwork, deliver: Deliver, options: TcpOptions, open: Set<Link>) {
    this.#network = network;
    this.#deliver = deliver;
    this.#options = options;
    this.#open = open;
    open.add(this);
    const { address, port } = options;
    this.#later(() => {
      if (!this.#boardOpen) return;
      const accept = network.listener(address, port);
      if (accept === undefined) {
        this.#later(() => this.#tell(new Error('connection refused')));
        return;
      }
      this.#peerOpen = true;
      this.#later(() => {
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
    this.#later(() => {
      if (this.#paused) this.#held.push(copy);
      else this.#arriveAtPeer(copy);
    });
    return this.#room;
  }

  close(): void {
    if (!this.#boardOpen) return;
    this.#boardOpen = false;
    this.#open.delete(this);
    this.#later(() => this.#closePeer('ended'));
  }

  powerOff(silent: boolean): void {
    this.#boardOpen = false;
    if (!silent) this.#later(() => this.#closePeer('reset'));
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
      this.#later(() => this.#arriveAtBoard(segment));
    }
  }

  end(): void {
    if (!this.#peerOpen) return;
    this.#peerOpen = false;
    this.#later(() => this.#tell(undefined));
  }

  reset(): void {
    if (!this.#peerOpen) return;
    this.#peerOpen = false;
    // What is on its way is lost, but for the reset itself.
    if (!this.#frozen) this.#network.later(() => this.#tell(new Error('connection reset')));
    this.#frozen = true;
  }

  freeze(): void {
    this.#frozen = true;
  }

  #arriveAtPeer(bytes: Uint8Array): void {
    if (this.#peerOpen) this.onData?.(bytes);
    // The acknowledgement travels back and frees the room.
    this.#later(() => {
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

  /** What follows a loss never arrives either: a stream has no holes. */
  #later(arrive: () => void): void {
    if (this.#frozen) return;
    const sent = this.#network.later(() => {
      if (!this.#frozen) arrive();
    });
    if (!sent) this.#frozen = true;
  }
}
