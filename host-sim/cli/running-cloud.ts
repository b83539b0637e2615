import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { Product } from '../../src/core/product.js';
import { type Cloud, type CloudEventMap, createCloud, type Mount } from '../cloud/cloud.js';
import { shippedProducts } from '../products/load.js';
import { plainText } from '../products/plain-text.js';
import { externalBroker } from './broker-options.js';
import { paint, writeJson } from './console.js';
import { mqttHooks } from './mqtt-hooks.js';
import { type CloudFlags, cloudPorts } from './options.js';
import { readPanel } from './panel-files.js';
import { type Ports, recallPorts, rememberPorts, samePorts } from './port-memory.js';
import { readSocialProviders } from './social-provider-files.js';

interface StartFlags extends CloudFlags {
  /** Boards in the same process. */
  readonly boards?: number;
}

/**
 * Starts the dev cloud as the flags say. Its log goes to stderr: all of it for a script, the warnings for a person.
 * @param onLog is called before a warning, or a code that was sent, is written for a person
 * @param mounts what else is served on the API's ports
 */
export async function startCloud(
  flags: StartFlags,
  products: readonly Product[],
  onLog: () => void = () => {},
  mounts: readonly Mount[] = [],
): Promise<Cloud> {
  const asked = cloudPorts(flags);
  const ports = recallPorts(flags.data, asked);
  const cloud = await create(flags, products, ports, onLog, mounts).catch((error: unknown) => {
    // The ports of the last time are taken now, and nobody asked for them: any others, then.
    if (!isPortTaken(error) || samePorts(ports, asked)) throw error;
    return create(flags, products, asked, onLog, mounts);
  });
  cloud.events.on('codeSent', (sent) => tellCode(sent, flags, onLog));
  const { apiPort, wsPort = 0 } = cloud;
  const tls = cloud.tls!;
  // Over a broker of somebody else's those of the own one stay what they were.
  const { mqttPort } = flags.broker ? ports : cloud;
  const { mqttsPort, mtlsPort } = flags.broker ? ports : tls;
  rememberPorts(flags.data, { apiPort, httpsPort: tls.httpsPort, mqttPort, mqttsPort, mtlsPort, wsPort });
  return cloud;
}

/** No SMS or mail is sent: whoever runs the cloud reads the codes. */
function tellCode(sent: CloudEventMap['codeSent'], { json }: CloudFlags, onLog: () => void): void {
  const { channel, address, purpose, code, at } = sent;
  if (json) {
    writeJson(process.stderr, { name: 'code_sent', level: 'info', at, data: { channel, address, purpose, code } });
    return;
  }
  onLog();
  const what = channel === 'sms' ? 'SMS' : 'mail';
  process.stdout.write(`  ${what} to ${plainText(address)}: ${code} (${purpose})\n`);
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'port_in_use';
}

async function create(
  flags: StartFlags,
  products: readonly Product[],
  ports: Ports,
  onLog: () => void,
  mounts: readonly Mount[],
): Promise<Cloud> {
  return createCloud({
    dataDir: flags.data,
    host: flags.host,
    apiPort: ports.apiPort,
    mqttPort: ports.mqttPort,
    wsPort: ports.wsPort,
    tls: ports,
    externalBroker: externalBroker(flags),
    environmentName: flags.environment,
    ...(flags.publicHost === undefined ? {} : { publicHost: flags.publicHost }),
    ...(flags.activationRate === undefined ? {} : { activationRate: flags.activationRate }),
    ownBoards: flags.boards,
    ...(flags.user === undefined ? {} : { user: { name: flags.user, password: flags.password! } }),
    ...(flags.userDomain === undefined
      ? {}
      : { userDomain: { domain: flags.userDomain, secret: flags.userDomainSecret! } }),
    mqttHooks: mqttHooks(flags),
    reconnectSpread: flags.reconnectSpread,
    socialProviders: readSocialProviders(flags.socialProvider),
    products,
    panel: readPanel(),
    mounts,
    definitions: shippedProducts(),
    log: (event) => {
      if (flags.json) writeJson(process.stderr, event);
      else if (event.level === 'error' || event.level === 'warn') {
        onLog();
        process.stderr.write(`${paint(process.stderr, 'yellow', event.name)} ${JSON.stringify(event.data)}\n`);
      }
    },
  });
}

/** The addresses of a cloud's listeners, as the ready line names them, that of the panel, and the CA certificate's file. */
export function cloudAddresses({
  apiUrl,
  brokerUrls,
  wsUrl,
  tls,
}: Cloud): Readonly<Record<string, string | undefined>> {
  return {
    panel: `${apiUrl}/`,
    api: apiUrl,
    https: tls?.httpsUrl,
    ...brokerUrls,
    ws: wsUrl,
    wss: tls?.wssUrl,
    ca: tls && resolve(tls.caFile),
  };
}

/** Where a cloud listens, and how it is to be called. */
type Listening = Pick<CloudFlags, 'host' | 'publicHost'>;

/**
 * What a person is told first: the link that opens the panel, where things are, and who may log in.
 * @param hasWorld simulated boards are beside it, whose switches the panel has on this machine alone
 */
export function introduceCloud(cloud: Cloud, flags: CloudFlags, hasWorld = false): string {
  const bold = (text: string): string => paint(process.stdout, 'bold', text);
  const line = (label: string, url: string | undefined, rest = '', place: Listening = flags): string[] =>
    url === undefined ? [] : [`  ${label.padEnd(8)} ${bold(reachable(url, place))}${rest}`];
  const here = hasWorld ? { host: flags.host, publicHost: '127.0.0.1' } : flags;
  const { apiUrl, brokerUrls, wsUrl, tls } = cloud;
  const { username, password, passwordFile } = cloud.account;
  const { domain, secret: domainSecret, secretFile } = cloud.userDomain;
  const known = passwordFile === undefined ? 'password as given' : `password in ${passwordFile}`;
  const made = `password ${bold(password ?? '')}${passwordFile ? ` (kept in ${passwordFile})` : ''}`;
  const secret = password === undefined ? known : made;
  return [
    '',
    ...line('panel', cloud.signInLink(), '  signs you in, once within an hour', here),
    ...line('API', apiUrl, '/api/v1'),
    ...line('docs', apiUrl, '/docs'),
    ...line('MQTT', brokerUrls.mqtt),
    ...line('WS', wsUrl),
    ...line('HTTPS', tls?.httpsUrl, '/api/v1'),
    ...line('MQTTS', brokerUrls.mqtts),
    ...line('mTLS', brokerUrls.mtls, ', with a client certificate'),
    ...line('CA', tls?.caFile),
    `  account  ${bold(username)}, ${secret}`,
    `  domain   ${bold(domain)} for apps of end users, secret ${domainSecret ?? `in ${secretFile}`}`,
    '',
    '',
  ].join('\n');
}

/** What to try next where no board runs yet. */
export function suggestBoard(cloud: Cloud, flags: CloudFlags): string {
  const command = (url: string, rest = ''): string =>
    paint(process.stdout, 'cyan', `npx smartlink board --cloud ${reachable(url, flags)}${rest}`);
  const { apiUrl, tls } = cloud;
  const overTls = tls && `  or, over TLS:\n\n  ${command(tls.httpsUrl, ` --ca ${tls.caFile}`)}\n\n`;
  return `  Start a board, from another terminal in this folder:\n\n  ${command(apiUrl)}\n\n${overTls ?? ''}`;
}

/** An address as others can use it: one that stands for all addresses of this machine is none that can be called. */
function reachable(url: string, { host, publicHost }: Listening): string {
  if (host !== '0.0.0.0' && host !== '::') return url;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])/, `//${publicHost ?? own ?? '127.0.0.1'}`);
}
