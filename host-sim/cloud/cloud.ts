import type { Product } from '../../src/core/product.js';
import { type Account, ensureAccount } from './account.js';
import type { ApiServices, MqttHookOptions } from './api/context.js';
import { ApiServer } from './api/server.js';
import { Broker } from './broker/broker.js';
import { DataDirectory } from './data-directory.js';
import { type CloudServices, createServices } from './domain/services.js';
import { topicRoot } from './domain/topics.js';
import { type CloudEnvironment, createNodeEnvironment } from './environment.js';
import { CloudStartError } from './errors.js';
import { type CloudEvents, type CloudLog, EventHub, Logger } from './events.js';
import { openDatabase } from './store/database.js';
import { WebSocketListener } from './ws/web-socket-listener.js';

export type { Account } from './account.js';
export type { MqttHookOptions } from './api/context.js';
export type { CancelTimer, CloudEnvironment } from './environment.js';
export { createNodeEnvironment } from './environment.js';
export { CloudStartError, type StartErrorCode } from './errors.js';
export type { BoardName, CloudEventMap, CloudEvents, CloudLog, CloudLogEvent } from './events.js';

/** Keys of the data directory, and what deleting one costs. */
const KEYS = {
  signing: { file: 'jwt.key', cost: 'all logins end' },
  sealing: { file: 'seal.key', cost: 'products with signed activation need new secrets' },
} as const;
const KEY_BYTES = 32;
const DEFAULT_MQTTS_PORT = 8883;
const DEFAULT_RECONNECT_SPREAD_S = 10;
const DEFAULT_ACTIVATION_RATE = 10;
const PRUNE_INTERVAL_MS = 3_600_000;

export interface CloudOptions {
  /** Directory of all state, made if need be; `:memory:` keeps nothing. */
  readonly dataDir: string;
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free port. */
  readonly apiPort: number;
  /** 0: any free port. */
  readonly mqttPort: number;
  /** WebSocket at `/mqtt`; 0: any free port, absent: none is served. */
  readonly wsPort?: number | undefined;
  /** What boards are told as `portTLS` (the reference always names one), 8883 by default. */
  readonly mqttsPort?: number | undefined;
  /** What boards are told as `mqtt.server`; by default the host by which they reached the API. */
  readonly publicHost?: string | undefined;
  /** Seconds over which boards spread their first reconnect, 10 by default. */
  readonly reconnectSpread?: number | undefined;
  /** Activations a second and address after the first 300, 10 by default; 0: no limit. */
  readonly activationRate?: number | undefined;
  /** Lets an external MQTT broker ask who may connect and what he may do; off by default. */
  readonly mqttHooks?: MqttHookOptions | undefined;
  /** Definitions to seed products from. */
  readonly products: readonly Product[];
  /** The development account; by default one with a generated password. */
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  readonly log: CloudLog;
  /** The real one by default. */
  readonly environment?: CloudEnvironment | undefined;
}

export interface Cloud {
  readonly apiPort: number;
  readonly mqttPort: number;
  /** Where a WebSocket is served. */
  readonly wsPort: number | undefined;
  /** `http://host:port`, to which the API's base path `/api/v1` is added. */
  readonly apiUrl: string;
  /** `mqtt://host:port` */
  readonly mqttUrl: string;
  /** `ws://host:port/mqtt`, where a WebSocket is served. */
  readonly wsUrl: string | undefined;
  readonly account: Account;
  readonly events: CloudEvents;
  /** Stops listening, ends all connections and closes the database, within a second; every call returns the same promise. */
  close(): Promise<void>;
}

/**
 * Starts a SmartLink cloud (API reference, v0.3.0): HTTP API, MQTT broker, WebSocket, database. Resolves when everything listens.
 * @throws CloudStartError; nothing stays open then
 */
export async function createCloud(options: CloudOptions): Promise<Cloud> {
  const closers: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  options: CloudOptions,
  closers: (() => void | Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Cloud> {
  const environment = options.environment ?? createNodeEnvironment();
  const log = new Logger({ log: options.log, now: () => environment.now() });
  const events = new EventHub({
    onListenerError: (name, error) => log.error('event_listener_failed', { event: name, why: String(error) }),
  });
  closers.push(() => events.close());

  const directory = options.dataDir === ':memory:' ? undefined : DataDirectory.open(options.dataDir);
  if (directory) closers.push(() => directory.close());
  const signingKey = loadKey('signing', directory, environment);
  const sealingKey = loadKey('sealing', directory, environment);
  const database = await openDatabase(directory?.prepareDatabase() ?? ':memory:');
  closers.push(() => {
    database.close();
  });
  const services = createServices({ database, environment, events, log, signingKey, sealingKey });
  closers.push(() => services.writes.close());
  services.products.seed(options.products);
  const account = await ensureAccount({ users: services.users, environment, directory, user: options.user });

  let webSocket: WebSocketListener | undefined;
  const broker = new Broker({
    gateway: services.gateway,
    environment,
    log,
    onMessage: (topic, payload) => webSocket?.deliver(topic, payload),
  });
  closers.push(() => broker.close());
  events.on('deviceDeleted', ({ productKey, deviceId }) =>
    broker.clearRetained(`${topicRoot(productKey, deviceId)}status`),
  );
  const mqttPort = await broker.listen(options.host, options.mqttPort);

  let wsPort: number | undefined;
  if (options.wsPort !== undefined) {
    webSocket = new WebSocketListener({ broker, ...services, environment, log });
    closers.push(() => webSocket?.close());
    wsPort = await webSocket.listen(options.host, options.wsPort);
  }
  const api = await ApiServer.create(apiServices(options, services, mqttPort, environment, log));
  closers.push(() => api.close());
  const apiPort = await api.listen(options.host, options.apiPort);
  // Closed first: callers that wait for a board are told so.
  closers.push(() => services.commands.close(), pruneRegularly(services, environment, log));

  let closing: Promise<void> | undefined;
  return {
    apiPort,
    mqttPort,
    wsPort,
    apiUrl: `http://${urlHost(options.host)}:${apiPort}`,
    mqttUrl: `mqtt://${urlHost(options.host)}:${mqttPort}`,
    wsUrl: wsPort === undefined ? undefined : `ws://${urlHost(options.host)}:${wsPort}/mqtt`,
    account,
    events,
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

function apiServices(
  options: CloudOptions,
  services: CloudServices,
  port: number,
  environment: CloudEnvironment,
  log: Logger,
): ApiServices {
  return {
    environment,
    log,
    users: services.users,
    apiKeys: services.apiKeys,
    projects: services.projects,
    bindTokens: services.bindTokens,
    products: services.products,
    devices: services.devices,
    activation: services.activation,
    brokerHooks: services.brokerHooks,
    mqttHooks: options.mqttHooks,
    activationRate: options.activationRate ?? DEFAULT_ACTIVATION_RATE,
    broker: {
      publicHost: options.publicHost,
      port,
      portTLS: options.mqttsPort ?? DEFAULT_MQTTS_PORT,
      reconnectSpreadS: options.reconnectSpread ?? DEFAULT_RECONNECT_SPREAD_S,
    },
  };
}

/** A key that is made at first start, readable by its owner only. */
function loadKey(
  name: keyof typeof KEYS,
  directory: DataDirectory | undefined,
  environment: CloudEnvironment,
): Uint8Array {
  const { file: fileName, cost } = KEYS[name];
  const kept = directory?.read(fileName)?.trim();
  if (kept !== undefined) {
    if (/^[0-9a-f]{64}$/.test(kept)) return Buffer.from(kept, 'hex');
    const file = directory!.file(fileName);
    throw new CloudStartError(
      'data_dir_corrupt',
      `${file} is not a ${name} key; delete it to get a new one (${cost}).`,
      { file },
    );
  }
  const key = environment.randomBytes(KEY_BYTES);
  directory?.writePrivate(fileName, `${key.toString('hex')}\n`);
  return key;
}

/** Drops what has become too old, now and every hour; returns what stops it. */
function pruneRegularly(services: CloudServices, environment: CloudEnvironment, log: Logger): () => void {
  let cancel = () => {};
  const prune = () => {
    try {
      services.properties.prune();
      services.deviceEvents.prune();
      services.users.prune();
      services.bindTokens.prune();
    } catch (error) {
      log.error('prune_failed', { why: (error as Error).message });
    }
    cancel = environment.setTimer(prune, PRUNE_INTERVAL_MS);
  };
  prune();
  return () => cancel();
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
