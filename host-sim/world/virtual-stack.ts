import type {
  ListenerConstructor,
  ListenerOptions,
  ResolveOptions,
  Resolver,
  TcpConstructor,
  TcpOptions,
  UdpConstructor,
  UdpOptions,
  UdpPeer,
  UdpSocket,
} from '../../src/ports/socket.js';
import { PacketQueue } from '../host/packet-queue.js';
import { type Deliver, Link, type LinkNetwork, type Neighbour, type Path, type VirtualPeer } from './virtual-link.js';
import { VirtualListening, VirtualTcp } from './virtual-listener.js';

/** A question of the resolver or its answer, bytes. */
const DNS_BYTES = 64;
const FIRST_FREE_PORT = 49_152;
/** An address of nobody in particular, for who is on no access point. */
const SOMEBODY = '192.168.4.2';

/** Takes a packet; may answer it. */
export type PacketHandler = (packet: Uint8Array, reply: (answer: Uint8Array) => void) => void;

/** One host's sockets on a `VirtualNetwork`. */
export interface VirtualStack extends Neighbour {
  readonly TCP: TcpConstructor;
  readonly UDP: UdpConstructor;
  readonly Listener: ListenerConstructor;
  readonly resolver: Resolver;
  /** Sockets that are open. */
  readonly sockets: number;
  /**
   * Connects to a port of this host, as a phone on its access point would; the result is the test's end, on a way without any
   * distance but the network's (or on `path`). `from`: the address that the host sees.
   */
  knock(port: number, from?: string, path?: Path): VirtualPeer;
  /** The host's power goes: peers see a reset, or with `silent` nothing at all. */
  powerOff(silent: boolean): void;
}

/** What a stack needs of its network. */
export interface StackNetwork extends LinkNetwork {
  readonly latencyMs: number;
  packetHandler(address: string, port: number): PacketHandler | undefined;
  resolve(host: string): string | undefined;
}

export interface StackOptions {
  readonly network: StackNetwork;
  readonly deliver: Deliver;
  readonly path: Path;
  /** Whose it is. */
  readonly owner: string;
  /** Whether there is memory for one more socket. */
  hasRoom(): boolean;
}

/** What the sockets of one host have in common. */
interface StackParts extends StackOptions {
  readonly links: Set<Link>;
  readonly listeners: Map<number, VirtualListening>;
  readonly udp: Map<number, StackUdp>;
  nextPort: number;
}

/** The sockets of one host. */
export function createVirtualStack(options: StackOptions): VirtualStack {
  const { network, deliver, path, owner } = options;
  const { time } = network;
  /** Within one place nothing takes time but what the sender's way takes. */
  const atOnce: Path = { delayMs: () => 0 };
  const links = new Set<Link>();
  const listeners = new Map<number, VirtualListening>();
  const udp = new Map<number, StackUdp>();
  const parts: StackParts = { ...options, links, listeners, udp, nextPort: FIRST_FREE_PORT };
  const stack: VirtualStack = {
    get sockets() {
      return links.size + udp.size + listeners.size;
    },
    TCP: StackTcp.bind(undefined, parts),
    Listener: StackListener.bind(undefined, parts),
    UDP: StackUdp.bind(undefined, parts),
    resolver: {
      resolve: ({ host, onResolved, onError }: ResolveOptions) => {
        const failed = () => deliver(() => onError(new Error('no such name')));
        // Asked at once, answered a round trip later; where nothing gets through, the resolver gives up.
        const there = path.delayMs(DNS_BYTES, true);
        const back = path.delayMs(DNS_BYTES, false);
        if (there === undefined || back === undefined) {
          time.timer.set(failed, 2 * network.latencyMs);
          return;
        }
        time.timer.set(() => {
          const address = network.resolve(host);
          if (address === undefined) failed();
          else deliver(() => onResolved(host, address));
        }, there + back);
      },
    },
    knock: (port, from = SOMEBODY, way = { delayMs: () => network.latencyMs }) => {
      const link = new Link({ network, path: way, deliver, owner }, links);
      link.knock((arrived) => listeners.get(port)?.take(arrived, from) ?? false);
      return link;
    },
    listener: (port, from) =>
      listeners.has(port) ? (peer) => splice(peer, stack.knock(port, from, atOnce)) : undefined,
    packet: (port, bytes, from) => udp.get(port)?.arrive(bytes, from),
    powerOff: (silent) => {
      for (const link of links) link.powerOff(silent);
      for (const socket of [...udp.values()]) socket.close();
      links.clear();
      listeners.clear();
    },
  };
  return stack;
}

/** What comes out of one connection goes into the other. */
function splice(a: VirtualPeer, b: VirtualPeer): void {
  pour(a, b);
  pour(b, a);
}

function pour(from: VirtualPeer, into: VirtualPeer): void {
  from.onData = (bytes) => into.write(bytes);
  from.onClosed = (how) => (how === 'ended' ? into.end() : into.reset());
}

class StackTcp extends VirtualTcp {
  constructor(parts: StackParts, options: TcpOptions) {
    if (!parts.hasRoom()) throw new Error('no memory for a socket');
    const { network, deliver, path, owner, links } = parts;
    const { time, segmentBytes } = network;
    const { address, port } = options;
    const local = path.local?.(address);
    const there = local ? { time, segmentBytes, listener: () => local.to.listener(port, local.from) } : network;
    const link = new Link({ network: there, path: local?.path ?? path, deliver, owner }, links, options);
    super(link, address);
    link.dial(address, port);
  }
}

class StackListener extends VirtualListening {
  constructor(parts: StackParts, options: ListenerOptions) {
    if (!parts.hasRoom()) throw new Error('no memory for a listener');
    const { listeners, deliver } = parts;
    if (listeners.has(options.port)) throw new Error(`port ${options.port} is taken`);
    super(deliver, options, () => listeners.delete(options.port));
    listeners.set(options.port, this);
  }
}

class StackUdp extends PacketQueue implements UdpSocket {
  readonly #parts: StackParts;
  readonly #port: number;

  constructor(parts: StackParts, options: UdpOptions) {
    super(options);
    const { udp } = parts;
    if (options.port !== undefined && udp.has(options.port)) throw new Error(`port ${options.port} is taken`);
    this.#parts = parts;
    this.#port = options.port ?? parts.nextPort++;
    udp.set(this.#port, this);
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    this.mustBeOpen();
    const { network, path } = this.#parts;
    const packet = Uint8Array.from(bytes);
    const local = path.local?.(address);
    if (local) {
      const from = { address: local.from, port: this.#port };
      this.#send(local.path, packet.length, true, () => local.to.packet(port, packet, from));
      return;
    }
    this.#send(path, packet.length, true, () => {
      network.packetHandler(address, port)?.(packet, (answer) => {
        const copy = answer.slice();
        this.#send(path, copy.length, false, () => this.arrive(copy, { address, port }));
      });
    });
  }

  arrive(packet: Uint8Array, from: UdpPeer): void {
    this.arrived(packet, from, this.#parts.deliver);
  }

  #send(way: Path, bytes: number, upward: boolean, arrive: () => void): void {
    const delayMs = way.delayMs(bytes, upward);
    if (delayMs !== undefined) this.#parts.network.time.timer.set(arrive, delayMs);
  }

  protected onClose(): void {
    this.#parts.udp.delete(this.#port);
  }
}
