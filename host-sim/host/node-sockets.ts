import { connect, type Socket } from 'node:net';
import type { AcceptedSocket, TcpEvents, TcpOptions, TlsOptions } from '../../src/ports/socket.js';
import { NodeTcp } from './node-tcp.js';
import type { Guard } from './node-timer.js';
import { NodeTls } from './node-tls.js';

/** What one read of the operating system may bring. */
const RECEIVE_BYTES = 16_384;

/** Sockets of one board: closes those that are left when its power goes. */
export class NodeSockets {
  readonly TCP: new (
    options: TcpOptions,
  ) => NodeTcp;
  readonly TLS: new (
    options: TlsOptions,
  ) => NodeTcp;
  readonly #guard: Guard;
  readonly #open = new Set<Socket>();

  /** @param receive one buffer that all sockets of a process may share: it is only used within a callback */
  constructor(guard: Guard, receive: Uint8Array) {
    this.#guard = guard;
    this.TLS = NodeTls.bind(undefined, guard, this.#open);
    this.TCP = DialedTcp.bind(undefined, { guard, receive, open: this.#open });
  }

  /** The board's end of a connection that somebody has made to it, and that stands still so far. */
  accept(socket: Socket, events: TcpEvents): AcceptedSocket {
    const accepted = new NodeTcp(socket, events, this.#guard, this.#open);
    socket.on('data', (bytes: Buffer) => accepted.receive(bytes));
    setImmediate(() => {
      accepted.writable();
      socket.resume();
    });
    return accepted;
  }

  /** Resets every connection: a board without power says nothing. */
  close(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
    this.#open.clear();
  }
}

interface SocketParts {
  readonly guard: Guard;
  readonly receive: Uint8Array;
  readonly open: Set<Socket>;
}

class DialedTcp extends NodeTcp {
  constructor({ guard, receive, open }: SocketParts, options: TcpOptions) {
    const socket = connect({
      host: options.address,
      port: options.port,
      noDelay: options.noDelay ?? false,
      onread: {
        buffer: receive,
        callback: (count, buffer) => {
          this.receive((buffer as Uint8Array).subarray(0, count));
          return true;
        },
      },
    });
    super(socket, options, guard, open);
    socket.on('connect', () => this.writable());
  }
}

/** The buffer for `NodeSockets`. */
export function createReceiveBuffer(): Uint8Array {
  return Buffer.allocUnsafeSlow(RECEIVE_BYTES);
}
