import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { temporaryFolder } from './program.js';
import { Service } from './service.js';

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
  /** A folder of its own, which is there as long as it is. */
  readonly folder: string;
  /** Ends the broker and starts it anew on the same port; it forgets everything, but for what `extra` has it keep. */
  restart(): Promise<void>;
  /** As if its machine had lost its power. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  start(): Promise<void>;
  logTail(): string;
  stop(): Promise<void>;
}

/**
 * @param extra further lines of its configuration; made of its folder, where they name files
 * @param port where another is to be free for as long as the broker is down
 */
export async function startMosquitto(
  extra: readonly string[] | ((folder: string) => readonly string[]) = [],
  port?: number,
): Promise<Mosquitto> {
  const folder = temporaryFolder();
  const listens = port ?? (await freePort());
  const config = join(folder.path, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      `listener ${listens} 127.0.0.1`,
      'allow_anonymous true',
      'set_tcp_nodelay true',
      'user root',
      ...(typeof extra === 'function' ? extra(folder.path) : extra),
      '',
    ].join('\n'),
  );
  const service = new Service({ command: [mosquittoPath!, '-c', config], log: join(folder.path, 'mosquitto.log') });
  const start = (): Promise<void> => service.start([listens], 60_000);
  await start();
  return {
    port: listens,
    url: `mqtt://127.0.0.1:${listens}`,
    folder: folder.path,
    start,
    kill: () => service.end('SIGKILL'),
    restart: async () => {
      await service.end('SIGTERM');
      await start();
    },
    logTail: () => service.logTail(),
    stop: async () => {
      await service.end('SIGTERM');
      folder.remove();
    },
  };
}
