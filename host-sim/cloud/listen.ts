import type { AddressInfo, Server } from 'node:net';
import { CloudStartError } from './errors.js';

const LISTENERS = {
  api: 'the HTTP API',
  https: 'HTTPS',
  mqtt: 'MQTT',
  mqtts: 'MQTT over TLS',
  mtls: 'MQTT over TLS with client certificates',
  ws: 'the WebSocket',
} as const;

export type ListenerName = keyof typeof LISTENERS;

/** Listens and resolves with the port. @throws CloudStartError `port_in_use`, `listen_failed` */
export function listenOn(server: Server, at: { host: string; port: number; listener: ListenerName }): Promise<number> {
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

/** A host in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
