import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Mosquitto, startMosquitto, withoutMosquitto } from './mosquitto.js';
import { temporaryFolder } from './program.js';

const PLUGIN = 'mosquitto_dynamic_security.so';
const LIBRARIES = ['/usr/lib', '/usr/local/lib', '/opt/homebrew/lib'];

/** Debian has a folder for each kind of machine. */
function findPlugin(): string | undefined {
  for (const library of LIBRARIES.filter((folder) => existsSync(folder))) {
    for (const folder of ['', ...readdirSync(library)]) {
      const path = join(library, folder, PLUGIN);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** Where the plugin is; `undefined` where it is not installed. */
const pluginPath = withoutMosquitto ? undefined : findPlugin();

/** Whether tests with the plugin are to be skipped: never with `CI=true`. */
export const withoutDynamicSecurity = pluginPath === undefined && process.env['CI'] !== 'true';

if (withoutDynamicSecurity)
  console.warn(
    'Mosquitto has no dynamic security plugin here, so the tests with it are skipped (Debian: apt-get install mosquitto).',
  );

/** A Mosquitto that keeps its own list of clients, in which there is nobody but who administers it. */
export interface GuardedMosquitto {
  readonly port: number;
  readonly admin: { readonly username: string; readonly password: string };
  restart(): Promise<void>;
  /** Starts it anew with a list as it was at first. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

export async function startGuardedMosquitto(): Promise<GuardedMosquitto> {
  const folder = temporaryFolder();
  const file = join(folder.path, 'dynamic-security.json');
  const admin = { username: 'smartlink-cloud', password: 'the-password-of-the-admin' };
  const init = () => {
    rmSync(file, { force: true });
    execFileSync('mosquitto_ctrl', ['dynsec', 'init', file, admin.username, admin.password], { stdio: 'ignore' });
  };
  init();
  const broker: Mosquitto = await startMosquitto([
    'allow_anonymous false',
    `plugin ${pluginPath}`,
    `plugin_opt_config_file ${file}`,
  ]);
  return {
    port: broker.port,
    admin,
    restart: () => broker.restart(),
    forget: async () => {
      init();
      await broker.restart();
    },
    stop: async () => {
      await broker.stop();
      folder.remove();
    },
  };
}
