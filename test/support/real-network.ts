import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { VirtualPeer } from '../../host-sim/world/virtual-network.js';
import type { CloudNetwork } from './scripted-cloud.js';

/** Real sockets on this machine, in the shape that a `ScriptedCloud` listens on. Ports are asked for one by one first. */
export class RealNetwork implements CloudNetwork {
  readonly time = {
    get nowMs(): number {
      return performance.now();
    },
    clock: { nowMs: () => Date.now() },
  };
  readonly #tls: TlsOptions | undefined;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** `tls`: everything is inside TLS with these. */
  constructor(tls?: TlsOptions) {
    this.#tls = tls;
  }

  listen(host: string, port: number, onConnection: (peer: VirtualPeer) => void): Server {
    const onSocket = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      onConnection(peerOf(socket));
    };
    const server =
      this.#tls === undefined
        ? createServer({ noDelay: true }, onSocket)
        : createTlsServer(this.#tls, onSocket).on('tlsClientError', () => {});
    this.#servers.push(server.listen(port, host));
    return server;
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function peerOf(socket: Socket): VirtualPeer {
  let failed = false;
  const peer: VirtualPeer = {
    owner: '',
    isFrozen: false,
    get isHeld() {
      return !socket.destroyed;
    },
    onData: undefined,
    onClosed: undefined,
    paused: false,
    get open() {
      return !socket.destroyed && socket.writable;
    },
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    freeze: () => void socket.pause(),
  };
  socket.on('data', (bytes) => peer.onData?.(bytes));
  socket.on('error', () => {
    failed = true;
  });
  socket.on('close', () => peer.onClosed?.(failed ? 'reset' : 'ended'));
  return peer;
}
