import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import type { ResolveOptions, Resolver, UdpConstructor, UdpOptions, UdpSocket } from '../../src/ports/socket.js';
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
    this.UDP = class extends PacketQueue implements UdpSocket {
      readonly #socket = createSocket('udp4');
      readonly #port: number | undefined;

      constructor(options: UdpOptions) {
        super(options);
        const { port } = options;
        this.#port = port;
        const socket = this.#socket;
        socket.on('message', (packet, { address, port: from }) => {
          this.arrived(packet, { address, port: from }, guard);
        });
        // An unreachable peer is silence to a UDP socket.
        socket.on('error', () => {});
        if (port !== undefined) {
          if (taken.has(port)) {
            socket.close();
            throw new Error(`port ${port} is taken`);
          }
          taken.add(port);
          socket.on('listening', () => {
            if (!this.isClosed) ports.opened('udp', port, socket.address().port);
          });
          socket.bind({ address: '127.0.0.1', port: 0, exclusive: true });
        }
        open.add(this);
      }

      write(bytes: Uint8Array, address: string, port: number): void {
        this.mustBeOpen();
        this.#socket.send(Buffer.from(bytes), port, address);
      }

      protected onClose(): void {
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
