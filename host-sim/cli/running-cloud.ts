import type { Product } from '../../src/core/product.js';
import { type Cloud, createCloud } from '../cloud/cloud.js';
import { paint, writeJson } from './console.js';
import type { CloudFlags } from './options.js';
import { recallPorts, rememberPorts } from './port-memory.js';

/** Starts the dev cloud as the flags say. Its log goes to stderr: all of it for a script, the warnings for a person. */
export async function startCloud(flags: CloudFlags, products: readonly Product[]): Promise<Cloud> {
  const last = recallPorts(flags.data);
  const apiPort = flags.apiPort || (last?.apiPort ?? 0);
  const mqttPort = flags.mqttPort || (last?.mqttPort ?? 0);
  const cloud = await create(flags, products, apiPort, mqttPort).catch((error: unknown) => {
    // The ports of the last time are taken now, and nobody asked for them: any others, then.
    if (!isPortTaken(error) || (apiPort === flags.apiPort && mqttPort === flags.mqttPort)) throw error;
    return create(flags, products, flags.apiPort, flags.mqttPort);
  });
  rememberPorts(flags.data, cloud);
  return cloud;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'port_in_use';
}

function create(flags: CloudFlags, products: readonly Product[], apiPort: number, mqttPort: number): Promise<Cloud> {
  return createCloud({
    dataDir: flags.data,
    host: flags.host,
    apiPort,
    mqttPort,
    ...(flags.publicHost === undefined ? {} : { publicHost: flags.publicHost }),
    ...(flags.activationRate === undefined ? {} : { activationRate: flags.activationRate }),
    ...(flags.user === undefined ? {} : { user: { name: flags.user, password: flags.password! } }),
    reconnectSpread: flags.reconnectSpread,
    products,
    log: (event) => {
      if (flags.json) writeJson(process.stderr, event);
      else if (event.level === 'error' || event.level === 'warn') {
        process.stderr.write(`${paint(process.stderr, 'yellow', event.name)} ${JSON.stringify(event.data)}\n`);
      }
    },
  });
}

/** What a person is told first: where things are and who may log in. */
export function introduceCloud(cloud: Cloud): string {
  const bold = (text: string): string => paint(process.stdout, 'bold', text);
  const { username, password, passwordFile } = cloud.account;
  const secret =
    password === undefined
      ? `password in ${passwordFile}`
      : `password ${bold(password)}${passwordFile ? ` (kept in ${passwordFile})` : ''}`;
  return [
    '',
    `  API      ${bold(cloud.apiUrl)}/api/v1`,
    `  MQTT     ${bold(cloud.mqttUrl)}`,
    `  account  ${bold(username)}, ${secret}`,
    '',
    '',
  ].join('\n');
}
