import type { Duplex } from 'node:stream';
import type { EnvironmentName } from '../../src/core/environment.js';
import type { Product } from '../../src/core/product.js';
import { type Account, ensureAccount } from './account.js';
import type { MqttHookOptions } from './api/context.js';
import type { Mount } from './api/mount.js';
import type { PanelFiles } from './api/panel-files.js';
import { ApiServer } from './api/server.js';
import { Broker } from './broker/broker.js';
import { type CloudState, openState } from './cloud-state.js';
import type { SocialProvider } from './domain/accounts/social-providers.js';
import type { BrokerAddress } from './domain/activation.js';
import type { UserDomain } from './domain/end-users/user-domain.js';
import { heedOthers } from './domain/heed-others.js';
import { AccountClosing } from './domain/people/closing.js';
import { type CloudServices, createServices } from './domain/services.js';
import { topicRoot } from './domain/topics.js';
import { WatchService } from './domain/watching.js';
import { type CloudEnvironment, createNodeEnvironment } from './environment.js';
import { type CloudEvents, type CloudLog, EventHub, Logger } from './events.js';
import type { ExternalBrokerOptions } from './external/options.js';
import { urlHost } from './listen.js';
import { openPki, type PkiMakers } from './open-pki.js';
import { fileUrls, type Place } from './place.js';
import { Processes } from './processes/processes.js';
import { pruneRegularly } from './prune.js';
import type { TlsListeners, TlsListenersOptions, TlsPorts } from './tls/tls-listeners.js';
import { WebSocketListener } from './ws/web-socket-listener.js';

export type { Account } from './account.js';
export type { MqttHookOptions } from './api/context.js';
export type { Mount } from './api/mount.js';
export type { PanelFile, PanelFiles } from './api/panel-files.js';
export type { CancelTimer, CloudEnvironment } from './environment.js';
export { createNodeEnvironment } from './environment.js';
export { CloudStartError, type StartErrorCode } from './errors.js';
export type { BoardEventName, BoardName, CloudEventMap, CloudEvents, CloudLog, CloudLogEvent } from './events.js';

/** What boards are told where there is no TLS: the reference always names a port. */
const ABSENT_MQTTS_PORT = 8883;
const DEFAULT_ENVIRONMENT = 'dev';
const DEFAULT_RECONNECT_SPREAD_S = 10;
const DEFAULT_ACTIVATION_RATE = 10;

export interface CloudOptions {
  /** Directory of all state, made if need be; `:memory:` keeps nothing. Or a state that its owner opened and will close. */
  readonly dataDir: string | CloudState;
  /** Address to listen on; absent: the API and the broker listen nowhere, and connections come by `accept`. */
  readonly host?: string | undefined;
  /** 0: any free port. */
  readonly apiPort: number;
  /** 0: any free port. */
  readonly mqttPort: number;
  /** WebSocket at `/mqtt`; 0: any free port, absent: none is served. */
  readonly wsPort?: number | undefined;
  /** Ports of the listeners with TLS, 0: any free port; absent: there are none, and no certificates. */
  readonly tls?: TlsPorts | undefined;
  /** Has them in another way than on ports of this machine, which goes without `host`. */
  readonly tlsProvider?: TlsProvider | undefined;
  /** The environment that its boards are in, `dev` by default: told to who asks. */
  readonly environmentName?: EnvironmentName | undefined;
  /** What boards are told as `mqtt.server`; by default the host by which they reached the API. */
  readonly publicHost?: string | undefined;
  /** Seconds over which boards spread their first reconnect, 10 by default. */
  readonly reconnectSpread?: number | undefined;
  /** Activations a second and address after the first 300, 10 by default; 0: no limit. */
  readonly activationRate?: number | undefined;
  /** Lets an external MQTT broker ask who may connect and what he may do; off by default. */
  readonly mqttHooks?: MqttHookOptions | undefined;
  /** Works over this broker instead of an own one; `mqttPort` is left out of account then. */
  readonly externalBroker?: ExternalBrokerOptions | undefined;
  /** What else is served on the API's ports, before every path of the cloud's own. */
  readonly mounts?: readonly Mount[] | undefined;
  /** The page for people, served at `/`; none by default. */
  readonly panel?: PanelFiles | undefined;
  /** Whose ID tokens log users in; none by default. */
  readonly socialProviders?: readonly SocialProvider[] | undefined;
  /** Definitions to seed products from. */
  readonly products: readonly Product[];
  /** Further definitions, for products that a user may make by the API. */
  readonly definitions?: readonly Product[] | undefined;
  /** Under which name apps of end users ask, and what they sign with; by default one that is made at first start. */
  readonly userDomain?: UserDomain | undefined;
  /** The development account; by default one with a generated password. */
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  readonly log: CloudLog;
  /** The real one by default. */
  readonly environment?: CloudEnvironment | undefined;
}

/** A way to have listeners with TLS. */
export interface TlsProvider {
  /** What makes certificates. */
  readonly load: () => Promise<PkiMakers>;
  readonly open: (parts: Omit<TlsListenersOptions, 'host' | 'ports'>) => Promise<TlsListeners>;
}

/** What may be told of a user domain, and where its secret is. */
export interface UserDomainPlace {
  readonly domain: string;
  /** Readable by its owner only; absent with `:memory:`. */
  readonly secretFile?: string;
  /** Only where it is kept nowhere. */
  readonly secret?: string;
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
  /** Where there is TLS: its listeners, and the certificates behind them. */
  readonly tls: Omit<TlsListeners, 'close'> | undefined;
  readonly account: Account;
  /**
   * A new `http://host:port/#code=…` that logs the development account in once, within an hour; it is told to whoever runs
   * the cloud, and to nobody else.
   */
  signInLink(): string;
  /** Whether a token is an access token of the development account, of a login that has not ended. */
  isOperator(token: string): Promise<boolean>;
  /** Under which name apps of end users ask. */
  readonly userDomain: UserDomainPlace;
  /** What a board signs its activation with, 32 bytes; undefined where its product's activation is open. */
  boardKey(productKey: string, deviceSN: string): Uint8Array | undefined;
  readonly events: CloudEvents;
  /** Serves a byte stream as a connection to the API or to the broker, whatever carries it. */
  accept(listener: 'api' | 'mqtt', stream: Duplex): void;
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

  const { dataDir, host } = options;
  // Boards of an own broker are those of one process.
  const isShared = options.externalBroker !== undefined && typeof dataDir === 'string' && dataDir !== ':memory:';
  const state = typeof dataDir === 'string' ? await openState(dataDir, environment, isShared) : dataDir;
  if (state !== dataDir) closers.push(() => state.close());
  const sharing = isShared ? new Processes({ database: state.database, environment, log }) : undefined;
  closers.push(() => sharing?.close());
  const services = createServices({
    ...state,
    environment,
    events,
    log,
    sharing,
    socialProviders: options.socialProviders,
    userDomain: options.userDomain,
  });
  closers.push(() => services.writes.close());
  services.products.know(options.definitions ?? []);
  services.products.seed(options.products);
  const account = await ensureAccount({
    users: services.users,
    environment,
    directory: state.directory,
    user: options.user,
  });
  const provider = options.tlsProvider ?? onPorts(options);
  const { access, properties, deviceEvents, users, bindTokens } = services;
  const pki = await openPki({ load: provider?.load, state, access, environment, operatorId: account.userId });
  closers.push(() => pki.open?.close());
  if (sharing) heedOthers(sharing, services, pki.revocations);

  let webSocket: WebSocketListener | undefined;
  const watching = new WatchService({
    ...services,
    publisher: { publish: (...message) => broker.publish(...message) },
  });
  const broker = new Broker({
    gateway: services.gateway,
    watching,
    environment,
    log,
    onMessage: (topic, payload) => webSocket?.deliver(topic, payload),
  });
  closers.push(() => broker.close());
  events.on('deviceDeleted', ({ productKey, deviceId }) =>
    broker.clearRetained(`${topicRoot(productKey, deviceId)}status`),
  );
  await broker.open();
  const mqttPort = host === undefined ? options.mqttPort : await broker.listen(host, options.mqttPort);

  let wsPort: number | undefined;
  if (host !== undefined && (provider || options.wsPort !== undefined)) {
    const listener = new WebSocketListener({ broker, watching, environment, log });
    closers.push(() => listener.close());
    webSocket = listener;
    if (options.wsPort !== undefined) wsPort = await listener.listen(host, options.wsPort);
  }
  let tls: TlsListeners | undefined;
  const address: BrokerAddress = {
    publicHost: options.publicHost,
    port: mqttPort,
    get portTLS() {
      return tls?.mqttsPort ?? ABSENT_MQTTS_PORT;
    },
    portMTLS: (deviceId) => (pki.certificates.isKnownByCertificate(deviceId) ? tls?.mtlsPort : undefined),
    reconnectSpreadS: options.reconnectSpread ?? DEFAULT_RECONNECT_SPREAD_S,
  };
  let apiPort = options.apiPort;
  const place: Place = {
    environment: options.environmentName ?? DEFAULT_ENVIRONMENT,
    publicHost: options.publicHost,
    ports: () => ({
      api: apiPort,
      https: tls?.httpsPort,
      mqtt: mqttPort,
      mqtts: tls?.mqttsPort,
      mtls: tls?.mtlsPort,
      ws: wsPort,
    }),
    hasPanel: options.panel !== undefined,
    ca: pki.open?.authority.certificate,
  };
  const api = await ApiServer.create({
    parts: {
      ...services,
      certificates: pki.certificates,
      operatorId: account.userId,
      closing: new AccountClosing({ services, certificates: pki.certificates, operatorId: account.userId }),
      broker: address,
      place,
      activationRate: options.activationRate ?? DEFAULT_ACTIVATION_RATE,
      mqttHooks: options.mqttHooks,
    },
    onUpgrade: provider && ((...request) => webSocket?.upgrade(...request)),
    mounts: options.mounts ?? [],
    panel: options.panel ?? new Map(),
  });
  closers.push(() => api.close());
  tls = await provider?.open({
    open: pki.open!,
    publicHost: options.publicHost,
    revocations: pki.revocations,
    directory: state.directory,
    environment,
    log,
    onHttps: (stream) => api.acceptSecure(stream),
    onMqtt: (stream, shown) => broker.accept(stream, shown),
  });
  closers.push(() => tls?.close());
  if (host !== undefined) apiPort = await api.listen(host, options.apiPort);
  // Closed first: callers that wait for a board are told so.
  closers.push(
    () => services.commands.close(),
    () => services.updates.close(),
    () => {
      for (const module of services.modules) module.close?.();
    },
    pruneRegularly(
      [
        properties,
        deviceEvents,
        users,
        bindTokens,
        pki.certificates,
        services.packages,
        services.campaigns,
        ...services.modules,
      ],
      environment,
      log,
      services.lead,
    ),
  );
  services.updates.start(fileUrls(place, host));
  for (const module of services.modules) module.start?.();
  state.opened?.();

  let closing: Promise<void> | undefined;
  const name = urlHost(host ?? options.publicHost ?? 'localhost');
  const url = `http://${name}:${apiPort}`;
  return {
    apiPort,
    mqttPort,
    wsPort,
    apiUrl: url,
    mqttUrl: `mqtt://${name}:${mqttPort}`,
    wsUrl: wsPort === undefined ? undefined : `ws://${name}:${wsPort}/mqtt`,
    tls,
    account,
    signInLink: () => `${url}/#code=${services.accounts.signInCodes.make(account.userId)}`,
    isOperator: async (token) => (await users.sessionOf(token))?.user.userId === account.userId,
    get userDomain() {
      return userDomainPlace(services.endUsers);
    },
    boardKey: (productKey, deviceSN) => services.products.boardKey(productKey, deviceSN),
    events,
    accept: (listener, stream) => (listener === 'api' ? api : broker).accept(stream),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

function userDomainPlace({ userDomain, userDomainFile }: CloudServices['endUsers']): UserDomainPlace {
  const { domain, secret } = userDomain;
  return { domain, ...(userDomainFile === undefined ? { secret } : { secretFile: userDomainFile }) };
}

/** TLS on ports of this machine. What makes certificates is loaded only where there is any. */
function onPorts({ host, tls: ports }: CloudOptions): TlsProvider | undefined {
  if (host === undefined || ports === undefined) return undefined;
  return {
    load: async () => ({
      ...(await import('./pki/authority-files.js')),
      ...(await import('./pki/issue-client.js')),
    }),
    open: async (parts) => {
      const { TlsListeners } = await import('./tls/tls-listeners.js');
      return TlsListeners.open({ ...parts, host, ports });
    },
  };
}
