import type { Product } from '../../src/core/product.js';
import { type Cloud, createCloud } from '../cloud/cloud.js';
import { paint, writeJson } from './console.js';
import type { CloudFlags } from './options.js';

/** Starts the dev cloud as the flags say. Its log goes to stderr: all of it for a script, the warnings for a person. */
export function startCloud(flags: CloudFlags, products: readonly Product[]): Promise<Cloud> {
  return createCloud({
    dataDir: flags.data,
    host: flags.host,
    apiPort: flags.apiPort,
    mqttPort: flags.mqttPort,
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
  const secret = password === undefined ? `password in ${passwordFile}` : `password ${bold(password)}${passwordFile ? ` (kept in ${passwordFile})` : ''}`;
  return [
    '',
    `  API      ${bold(cloud.apiUrl)}/api/v1`,
    `  MQTT     ${bold(cloud.mqttUrl)}`,
    `  account  ${bold(username)}, ${secret}`,
    '',
    '',
  ].join('\n');
}
