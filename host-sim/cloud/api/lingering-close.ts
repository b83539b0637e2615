import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { CloudEnvironment } from '../environment.js';

/** How much of a request is read away after its answer. */
export const LINGER_BYTES = 16 * 1_048_576;
/** How long, ms. */
export const LINGER_MS = 2_000;

/**
 * Lets whoever is still sending a request read the answer that he has already: a connection that is closed over bytes that
 * nobody read is reset, and takes the answer with it (RFC 9112, 9.6). So the rest is read away, within bounds.
 */
export function lingerOnClose(server: Server, environment: CloudEnvironment): void {
  const requests = new WeakMap<Socket, IncomingMessage>();

  server.on('connection', (socket) => {
    // Only sockets are reset.
    if (!(socket instanceof Socket)) return;
    const destroySoon = socket.destroySoon;
    // What Node's server calls when an answer is out and the connection is to end.
    socket.destroySoon = () => {
      const request = requests.get(socket);
      if (!request || request.complete || socket.destroyed) {
        destroySoon.call(socket);
        return;
      }
      socket.end();
      request.once('end', () => destroySoon.call(socket));
    };
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    requests.set(socket, request);
    response.once('finish', () => {
      if (!request.complete && !socket.destroyed) readAway(request, socket, environment);
    });
  });
}

/** Reads what is left of a request; ends the connection where that is too much. */
function readAway(request: IncomingMessage, socket: Socket, environment: CloudEnvironment): void {
  let left = LINGER_BYTES;
  const count = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  };
  const cancel = environment.setTimer(() => socket.destroy(), LINGER_MS);
  const stop = () => {
    cancel();
    socket.off('data', count);
    socket.off('close', stop);
  };
  socket.on('data', count);
  socket.once('close', stop);
  request.once('end', stop);
  request.resume();
}
