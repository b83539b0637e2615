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
import { type Deliver, Link, type Path, type VirtualPeer } from './virtual-link.js';
import type { VirtualTime } from './virtual-time.js';

export type { Deliver, Path, PeerEnd, VirtualPeer } from './virtual-link.js';

const MOST_PACKETS = 8;
/** A question of the resolver or its answer, bytes. */
const DNS_BYTES = 64;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

export interface VirtualListener {
  close(): void;
}

export interface VirtualNetworkOptions {
  /** Time that a segment, a packet or an answer of the resolver takes (default 1), ms. */
  readonly latencyMs?: number;
  /** Longest segment that arrives at a board (default 1460), bytes. */
  readonly segmentBytes?: number;
}

/** One board's sockets on a `VirtualNetwork`. */
export interface VirtualStack {
  readonly TCP: TcpConstructor;
  readonly UDP: UdpConstructor;
  readonly resolver: Resolver;
  /** Sockets that are open. */
  readonly sockets: number;
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

  /** Whether somebody listens there. */
  hears(host: string, port: number): boolean {
    return this.#listeners.has(`${this.addressOf(host)}:${port}`);
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
      get sockets() {
        return open.size + udp.size;
      },
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
          const packet = new Uint8Array(bytes);
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
