import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import type { ResolveOptions, Resolver, UdpConstructor, UdpOptions, UdpSocket } from '../../src/ports/socket.js';
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

/** UDP sockets of one board. */
export class NodeUdp {
  readonly UDP: UdpConstructor;
  readonly #open = new Set<Socket>();

  constructor(guard: Guard) {
    const open = this.#open;
    this.UDP = class implements UdpSocket {
      readonly #socket = createSocket('udp4');
      readonly #packets = new PacketQueue();
      #closed = false;

      constructor(options: UdpOptions) {
        open.add(this.#socket);
        this.#socket.on('message', (packet) => {
          if (this.#closed || !this.#packets.push(packet)) return;
          guard(() => options.onReadable(this.#packets.length));
        });
        // An unreachable peer is silence to a UDP socket.
        this.#socket.on('error', () => {});
      }

      read(into: Uint8Array): number {
        if (this.#closed) throw new Error('socket is closed');
        return this.#packets.read(into);
      }

      write(bytes: Uint8Array, address: string, port: number): void {
        if (this.#closed) throw new Error('socket is closed');
        this.#socket.send(Buffer.from(bytes), port, address);
      }

      close(): void {
        if (this.#closed) return;
        this.#closed = true;
        open.delete(this.#socket);
        this.#socket.close();
      }
    };
  }

  close(): void {
    for (const socket of this.#open) socket.close();
    this.#open.clear();
  }
}
