import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type {
  AcceptedSocket,
  Listener,
  ListenerConstructor,
  ListenerOptions,
  TcpEvents,
} from '../../src/ports/socket.js';
import type { LoopbackPorts } from './loopback-ports.js';
import type { NodeSockets } from './node-sockets.js';
import type { Guard } from './node-timer.js';

/** Connections that may wait to be accepted, as lwIP's backlog; more are reset. */
const MOST_WAITING = 5;
const LOOPBACK = '127.0.0.1';

export interface NodeListenersOptions {
  readonly guard: Guard;
  /** Of the board; what was accepted is one of them. */
  readonly sockets: NodeSockets;
  readonly ports: LoopbackPorts;
}

/** Listeners of one board, on the loopback alone. */
export class NodeListeners {
  readonly Listener: ListenerConstructor;
  readonly #open = new Map<number, NodeListener>();

  constructor(options: NodeListenersOptions) {
    this.Listener = NodeListener.bind(undefined, options, this.#open);
  }

  /** The board has no power. */
  close(): void {
    for (const listener of this.#open.values()) listener.close();
  }
}

class NodeListener implements Listener {
  readonly #sockets: NodeSockets;
  readonly #server: Server;
  readonly #waiting: Socket[] = [];
  readonly #onClose: () => void;
  #closed = false;

  constructor(
    { guard, sockets, ports }: NodeListenersOptions,
    open: Map<number, NodeListener>,
    { port, onReadable }: ListenerOptions,
  ) {
    if (open.has(port)) throw new Error(`port ${port} is taken`);
    open.set(port, this);
    this.#sockets = sockets;
    // Until it is accepted, what comes waits in the operating system.
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      if (this.#closed || this.#waiting.length === MOST_WAITING) {
        socket.resetAndDestroy();
        return;
      }
      socket.on('error', () => {});
      this.#waiting.push(socket);
      guard(() => onReadable(this.#waiting.length));
    });
    this.#server = server;
    this.#onClose = () => {
      ports.closed('tcp', port);
      open.delete(port);
    };
    server.on('listening', () => {
      if (!this.#closed) ports.opened('tcp', port, (server.address() as AddressInfo).port);
    });
    const wish = ports.wish('tcp', port);
    // Somebody else has the port that it had before; a listener that gets none at all is one that nobody reaches.
    server.once('error', () => {
      server.on('error', () => {});
      if (wish !== 0 && !this.#closed) server.listen(0, LOOPBACK);
    });
    server.listen(wish, LOOPBACK);
  }

  accept(events: TcpEvents): AcceptedSocket | undefined {
    if (this.#closed) throw new Error('listener is closed');
    const socket = this.#waiting.shift();
    return socket && this.#sockets.accept(socket, events);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    this.#server.close();
    for (const socket of this.#waiting) socket.resetAndDestroy();
    this.#waiting.length = 0;
  }
}
