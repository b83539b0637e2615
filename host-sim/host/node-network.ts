import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import type { ResolveOptions, Resolver, UdpConstructor, UdpOptions, UdpSocket } from '../../src/ports/socket.js';
import type { LoopbackPorts } from './loopback-ports.js';
import type { Guard } from './node-timer.js';
import { PacketQueue } from './packet-queue.js';
import type { Uplink } from './uplink.js';

/** A resolver that hears no answer gives up after this, ms. */
const RESOLVE_TIMEOUT_MS = 5_000;
/** A question and its answer. */
const RESOLVE_WAYS = 2;

/** Names by the operating system, IPv4 alone, as far as the uplink lets questions through. */
export function createNodeResolver(guard: Guard, uplink: Uplink): Resolver {
  const ask = ({ host, onResolved, onError }: ResolveOptions): void => {
    lookup(host, { family: 4 }, (error, address) => {
      guard(() => (error ? onError(error) : onResolved(host, address)));
    });
  };
  return {
    resolve: (options) => {
      if (uplink.isClear) {
        ask(options);
        return;
      }
      const delayMs = uplink.isSilent ? undefined : uplink.delayMs(RESOLVE_WAYS);
      if (delayMs === undefined) uplink.timer.set(() => options.onError(new Error('no answer')), RESOLVE_TIMEOUT_MS);
      else uplink.timer.set(() => ask(options), delayMs);
    },
  };
}

/** What the UDP sockets of one board have in common. */
interface UdpParts {
  readonly guard: Guard;
  readonly ports: LoopbackPorts;
  readonly uplink: Uplink | undefined;
  readonly open: Set<NodeUdpSocket>;
}

/**
 * UDP sockets of one board: those with a port of their own, which are for who is on the board's access point, on the loopback, the
 * others wherever the system puts them, and through the uplink.
 */
export class NodeUdp {
  readonly UDP: UdpConstructor;
  readonly #open = new Set<NodeUdpSocket>();

  constructor(guard: Guard, ports: LoopbackPorts, uplink?: Uplink) {
    this.UDP = NodeUdpSocket.bind(undefined, { guard, ports, uplink, open: this.#open });
  }

  close(): void {
    for (const socket of this.#open) socket.close();
  }
}

class NodeUdpSocket extends PacketQueue implements UdpSocket {
  readonly #parts: UdpParts;
  readonly #socket = createSocket('udp4');
  readonly #port: number | undefined;

  constructor(parts: UdpParts, options: UdpOptions) {
    super(options);
    const { guard, ports, open } = parts;
    const { port } = options;
    this.#parts = parts;
    this.#port = port;
    const socket = this.#socket;
    socket.on('message', (packet, { address, port: from }) => {
      this.#carry(() => this.arrived(packet, { address, port: from }, guard));
    });
    // An unreachable peer is silence to a UDP socket.
    socket.on('error', () => {});
    if (port !== undefined) {
      for (const other of open) {
        if (other.#port !== port) continue;
        socket.close();
        throw new Error(`port ${port} is taken`);
      }
      socket.on('listening', () => {
        if (!this.isClosed) ports.opened('udp', port, socket.address().port);
      });
      socket.bind({ address: '127.0.0.1', port: 0, exclusive: true });
    }
    open.add(this);
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    this.mustBeOpen();
    const packet = Buffer.from(bytes);
    this.#carry(() => {
      if (!this.isClosed) this.#socket.send(packet, port, address);
    });
  }

  #carry(arrive: () => void): void {
    const { uplink } = this.#parts;
    if (this.#port !== undefined || uplink === undefined || uplink.isClear) arrive();
    else uplink.datagram(arrive);
  }

  protected onClose(): void {
    const { open, ports } = this.#parts;
    open.delete(this);
    if (this.#port !== undefined) ports.closed('udp', this.#port);
    this.#socket.close();
  }
}
