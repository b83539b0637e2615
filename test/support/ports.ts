import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Below those that systems give to connections that go out, so that a port stays free while its program is down. */
const LOWEST_PORT = 15_000;
const HIGHEST_PORT = 32_000;

/** So many ports. */
type Ports<N extends number, Some extends number[] = []> = number extends N
  ? number[]
  : Some['length'] extends N
    ? Some
    : Ports<N, [...Some, number]>;

/** Different ports of the loopback that were free a moment ago, and that nobody is given who asks for any. */
export async function freePorts<N extends number>(count: N): Promise<Ports<N>> {
  const held: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    const server = await listen(port);
    if (server === undefined) continue;
    held.push(server);
    ports.push(port);
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as Ports<N>;
}

/** One of {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port;
}

/**
 * Has a cloud that is started on this data folder with ports of 0, and then again and again, listen on the same ones each time: its boards
 * look for it where it was. Where one of them is taken at the first start after all, that start takes others, and keeps those.
 */
export async function keepPorts(dataDir: string): Promise<void> {
  const [apiPort, httpsPort, mqttPort, mqttsPort, mtlsPort, wsPort] = await freePorts(6);
  const ports = { apiPort, httpsPort, mqttPort, mqttsPort, mtlsPort, wsPort };
  // The program's own memory of them.
  writeFileSync(join(dataDir, 'ports.json'), JSON.stringify(ports));
}

/** `undefined` where the port is taken. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(undefined));
    server.listen(port, () => resolve(server));
  });
}
