import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from './program.js';

const PLACES = [
  '/usr/sbin/mosquitto',
  '/usr/bin/mosquitto',
  '/usr/local/sbin/mosquitto',
  '/opt/homebrew/sbin/mosquitto',
];

/** Where Mosquitto is; `undefined` where it is not installed. */
export const mosquittoPath = PLACES.find((path) => existsSync(path));

/** Whether tests against Mosquitto are to be skipped: never with `CI=true`. */
export const withoutMosquitto = mosquittoPath === undefined && process.env['CI'] !== 'true';

if (withoutMosquitto)
  console.warn('Mosquitto is not installed, so the tests against it are skipped (Debian: apt-get install mosquitto).');

/** Whether tests with mosquitto_pub are to be skipped: never with `CI=true`. */
export const withoutMosquittoClients =
  !['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].some((folder) => existsSync(`${folder}/mosquitto_pub`)) &&
  process.env['CI'] !== 'true';

/** A Mosquitto broker of the test's own, on a free port of the loopback. */
export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Ends the broker and starts it anew on the same port; it forgets everything that it is not told to keep. */
  restart(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Starts it on the same port after it was killed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param extra further lines of its configuration */
export async function startMosquitto(extra: readonly string[] = []): Promise<Mosquitto> {
  const folder = temporaryFolder();
  const port = await freePort();
  const config = join(folder.path, 'mosquitto.conf');
  writeFileSync(
    config,
    [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'set_tcp_nodelay true', 'user root', ...extra, ''].join(
      '\n',
    ),
  );
  let child = await run(config, port);
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    restart: async () => {
      await end(child);
      child = await run(config, port);
    },
    kill: () => end(child, 'SIGKILL'),
    start: async () => {
      child = await run(config, port);
    },
    stop: async () => {
      await end(child);
      folder.remove();
    },
  };
}

async function run(config: string, port: number): Promise<ChildProcess> {
  const child = spawn(mosquittoPath!, ['-c', config], { stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries++) {
    if (await accepts(port)) return child;
    if (child.exitCode !== null) break;
  }
  throw new Error('Mosquitto did not start');
}

function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.on('exit', () => resolve());
    child.kill(signal);
  });
}

/** Whether the port accepts; a refused attempt costs a moment, which paces the tries. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 10));
  });
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
