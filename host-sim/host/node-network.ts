import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import type {
  ResolveOptions,
  Resolver,
  UdpConstructor,
  UdpOptions,
  UdpPeer,
  UdpSocket,
} from '../../src/ports/socket.js';
import type { LoopbackPorts } from './loopback-ports.js';
import type { Guard } from './node-timer.js';
import { PacketQueue } from './packet-queue.js';

/** Names by the operating system, IPv4 alone. */
export function createNodeResolver(guard: Guard): Resolver {
  return {
    resolve: ({ host, onResolved, onError }: ResolveOptions) => {
      lookup(host, { family: 4 }, (error, address) => {
        guard(() => (error ? onError(error) : onResolved(host, address)));
      });
    },
  };
}

/** UDP sockets of one board: those with a port of their own on the loopback, the others wherever the system puts them. */
export class NodeUdp {
  readonly UDP: UdpConstructor;
  readonly #open = new Set<{ close(): void }>();

  constructor(guard: Guard, ports: LoopbackPorts) {
    const open = this.#open;
    const taken = new Set<number>();
    this.UDP = class implements UdpSocket {
      readonly #socket = createSocket('udp4');
      readonly #packets = new PacketQueue();
      readonly #port: number | undefined;
      #closed = false;

      constructor({ port, onReadable }: UdpOptions) {
        this.#port = port;
        const socket = this.#socket;
        socket.on('message', (packet, { address, port: from }) => {
          if (this.#closed || !this.#packets.push(packet, { address, port: from })) return;
          guard(() => onReadable(this.#packets.length));
        });
        // An unreachable peer is silence to a UDP socket.
        socket.on('error', () => {});
        if (port !== undefined) {
          if (taken.has(port)) throw new Error(`port ${port} is taken`);
          taken.add(port);
          socket.on('listening', () => {
            if (!this.#closed) ports.opened('udp', port, socket.address().port);
          });
          socket.bind({ address: '127.0.0.1', port: 0, exclusive: true });
        }
        open.add(this);
      }

      read(into: Uint8Array): number {
        if (this.#closed) throw new Error('socket is closed');
        return this.#packets.read(into);
      }

      get peer(): UdpPeer | undefined {
        return this.#packets.peer;
      }

      write(bytes: Uint8Array, address: string, port: number): void {
        if (this.#closed) throw new Error('socket is closed');
        this.#socket.send(Buffer.from(bytes), port, address);
      }

      close(): void {
        if (this.#closed) return;
        this.#closed = true;
        open.delete(this);
        if (this.#port !== undefined) {
          taken.delete(this.#port);
          ports.closed('udp', this.#port);
        }
        this.#socket.close();
      }
    };
  }

  close(): void {
    for (const socket of this.#open) socket.close();
  }
}
