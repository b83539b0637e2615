import type { Product } from '../../src/core/product.js';
import type { Target } from '../fleet/fleet-options.js';
import { CliError } from './cli-error.js';
import type { CloudClient } from './cloud-client.js';
import { openCloud } from './cloud-login.js';
import { warn } from './console.js';
import type { FleetFlags } from './fleet-flags.js';
import { readAnchors } from './trust-files.js';

const DEFAULT_WS_PORT = 8083;

/** What the flags name for boards to connect to; a cloud is signed in to, and told of the product. @throws {CliError} */
export async function targetOf(flags: FleetFlags, product: Product): Promise<Target> {
  const { cloud, broker } = flags;
  if ((cloud === undefined) === (broker === undefined)) {
    throw new CliError('bad_target', 'give --cloud or --broker, and not both: what the boards are to connect to.', 2);
  }
  return broker === undefined ? cloudOf(flags, product) : brokerOf(broker);
}

/** @throws {CliError} that says nothing of a password in the address */
function brokerOf(text: string): Target {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new CliError('bad_broker', '--broker must be an address like mqtt://192.168.1.10:1883.', 2);
  }
  const { protocol, hostname, port, username, password } = url;
  if (protocol === 'mqtts:') {
    const mend = 'run "smartlink cloud --broker mqtts://…" and give it as --cloud https://…';
    throw new CliError(
      'bad_broker',
      `--broker mqtts: boards that are to use TLS need a cloud that says so: ${mend}.`,
      2,
    );
  }
  if (protocol !== 'mqtt:' || hostname === '' || hostname.startsWith('[')) {
    throw new CliError('bad_broker', '--broker must be mqtt:// and a host name or IPv4 address.', 2);
  }
  return {
    kind: 'broker',
    broker: {
      url: `mqtt://${hostname}:${port === '' ? 1883 : port}`,
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    },
  };
}

async function cloudOf(flags: FleetFlags, product: Product): Promise<Target> {
  const client = clientOf(flags);
  const token = await client.accessToken();
  await ensureProduct(client, product);
  const isSecure = client.url.startsWith('https:');
  const wsUrl = await webSocketOf(client, isSecure);
  const anchors = flags.ca && readAnchors(flags.ca, '--ca');
  const ca = anchors?.map((anchor) => `-----BEGIN CERTIFICATE-----\n${anchor}\n-----END CERTIFICATE-----\n`);
  return {
    kind: 'cloud',
    environment: { name: 'dev', apiUrl: client.url, ...(anchors && { anchors }) },
    cloud: { wsUrl, token, ...(ca && { ca }) },
  };
}

function clientOf(flags: FleetFlags): CloudClient {
  const { user, password, ...others } = flags;
  if (password === undefined) return openCloud(flags);
  if (user === undefined || flags.passwordFile !== undefined) {
    throw new CliError('no_credentials', '--password goes with --user, and not with --password-file.', 2);
  }
  return openCloud(others, { SMARTLINK_USER: user, SMARTLINK_PASSWORD: password });
}

/** A cloud that has not heard of the product is told of it, as anybody may do it. */
async function ensureProduct(client: CloudClient, { productKey, name, category, controlMode }: Product): Promise<void> {
  try {
    await client.get(`/products/${productKey}`);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'product_not_found') throw error;
    await client.post('/products', { productKey, name: name.en, category, controlMode });
    warn(`${client.url} did not know ${productKey}: it was made there.`);
  }
}

async function webSocketOf(client: CloudClient, isSecure: boolean): Promise<string> {
  const { hostname } = new URL(client.url);
  const { ws, wss } = await client.urls();
  return (isSecure ? (wss ?? ws) : (ws ?? wss)) ?? `ws://${hostname}:${DEFAULT_WS_PORT}/mqtt`;
}
