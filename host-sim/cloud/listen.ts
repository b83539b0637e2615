import type { AddressInfo, Server } from 'node:net';
import { CloudStartError } from './errors.js';

const LISTENERS = { api: 'the HTTP API', mqtt: 'MQTT', ws: 'the WebSocket' } as const;

/** Listens and resolves with the port. @throws CloudStartError `port_in_use`, `listen_failed` */
export function listenOn(
  server: Server,
  at: { host: string; port: number; listener: keyof typeof LISTENERS },
): Promise<number> {
  const { host, port, listener } = at;
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? error.message;
      reject(
        reason === 'EADDRINUSE'
          ? new CloudStartError(
              'port_in_use',
              `Port ${port} for ${LISTENERS[listener]} is taken.`,
              { port, listener },
              error,
            )
          : new CloudStartError(
              'listen_failed',
              `Cannot listen on ${host}, port ${port}, for ${LISTENERS[listener]} (${reason}).`,
              { host, port, listener, reason },
              error,
            ),
      );
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.removeListener('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
