import type Sqlite from 'better-sqlite3';
import type { EnvironmentName } from '../../src/core/environment.js';
import type { Product } from '../../src/core/product.js';
import type { Environment } from '../../src/ports/settings.js';
import type { VirtualNetwork } from '../world/virtual-network.js';
import type { VirtualTime } from '../world/virtual-time.js';
import type { SeededRandom } from './seeded-random.js';
import { SimApp } from './sim-app.js';
import { API_PORT, SimCloud, type SimCloudOptions, TLS_PORTS } from './sim-cloud.js';

/** A cloud, an app of its people, and what boards are told of it. */
export interface Side {
  readonly cloud: SimCloud;
  readonly app: SimApp;
  readonly environment: Environment;
}

export interface SideOptions {
  readonly name: EnvironmentName;
  /** By what names boards and apps find the cloud, and boards are told to find its broker. */
  readonly host: string;
  readonly brokerHost: string;
  readonly ntpServer: string;
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly random: SeededRandom;
  readonly Sqlite: typeof Sqlite;
  readonly products: readonly Product[];
  readonly user: { readonly name: string; readonly password: string };
  readonly reconnectSpreadS: number;
  /** When the server certificate was made with which it begins, ms; absent: there is no TLS. */
  readonly madeMs?: number | undefined;
  readonly events: Pick<SimCloudOptions, 'onConnection' | 'onSecured' | 'tap' | 'onLog' | 'onStarted' | 'onEnded'>;
}

/** A cloud on the network, which is still to be started, and an app, which is still to sign in. */
export function createSide(options: SideOptions): Side {
  const { name, host, brokerHost, ntpServer, time, network, madeMs, products, events } = options;
  const cloud = new SimCloud({
    ...options,
    ...events,
    products: [...new Map(products.map((product) => [product.productKey, product])).values()],
    host: brokerHost,
    address: network.addressOf(host),
    tls: madeMs === undefined ? undefined : { host, madeMs },
    addressOf: () => '10.0.0.1',
  });
  network.assign(brokerHost, cloud.address);
  const where = cloud.pki
    ? { apiUrl: `https://${host}:${TLS_PORTS.httpsPort}`, anchors: [cloud.pki.anchor] }
    : { apiUrl: `http://${host}:${API_PORT}` };
  return { cloud, app: new SimApp({ time, network, host }), environment: { name, ntpServer, ...where } };
}
