import { ensureAccount } from './account.js';
import { ApiServer } from './api/server.js';
import { openState } from './cloud-state.js';
import type { Cloud, CloudOptions, TlsProvider, UserDomainPlace } from './cloud-types.js';
import type { BrokerAddress } from './domain/activation.js';
import type { ServiceAccount } from './domain/broker-hooks.js';
import { heedOthers } from './domain/heed-others.js';
import { AccountClosing } from './domain/people/closing.js';
import { type CloudServices, createServices } from './domain/services.js';
import { topicRoot } from './domain/topics.js';
import { WatchService } from './domain/watching.js';
import { createNodeEnvironment } from './environment.js';
import { EventHub, Logger } from './events.js';
import { clientIdOf } from './external/client-id.js';
import type { OpenBoardAccess } from './external/open-board-access.js';
import type { ExternalBrokerOptions } from './external/options.js';
import { urlHost } from './listen.js';
import { openBroker } from './open-broker.js';
import { openPki } from './open-pki.js';
import { fileUrls, type Place } from './place.js';
import { Processes } from './processes/processes.js';
import { pruneRegularly } from './prune.js';
import type { TlsListeners } from './tls/tls-listeners.js';
import { WebSocketListener } from './ws/web-socket-listener.js';

export type { Account } from './account.js';
export type { MqttHookOptions } from './api/context.js';
export type { Mount } from './api/mount.js';
export type { PanelFile, PanelFiles } from './api/panel-files.js';
export type { Cloud, CloudOptions, TlsProvider, UserDomainPlace } from './cloud-types.js';
export type { CancelTimer, CloudEnvironment } from './environment.js';
export { createNodeEnvironment } from './environment.js';
export { CloudStartError, type StartErrorCode } from './errors.js';
export type { BoardEventName, BoardName, CloudEventMap, CloudEvents, CloudLog, CloudLogEvent } from './events.js';

/** What boards are told where there is no TLS: the reference always names a port. */
const ABSENT_MQTTS_PORT = 8883;
const DEFAULT_ENVIRONMENT = 'dev';
const DEFAULT_RECONNECT_SPREAD_S = 10;
const DEFAULT_ACTIVATION_RATE = 10;

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
  const told = await openAccess(options, { database: state.database, sharing, environment, log });
  closers.push(() => told?.close());
  const services = createServices({
    ...state,
    environment,
    events,
    log,
    sharing,
    socialProviders: options.socialProviders,
    userDomain: options.userDomain,
    isBrokerExternal: options.externalBroker !== undefined,
    brokerAccount: options.brokerAccount ?? serviceAccount(options.externalBroker),
    boardAccess: told?.access,
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
    publisher: { publish: (...message) => messages.publish(...message) },
  });
  const broker = await openBroker(options, {
    services,
    watching,
    onMessage: (topic, payload) => webSocket?.deliver(topic, payload),
  });
  const { messages } = broker;
  closers.push(() => messages.close());
  events.on('deviceDeleted', ({ productKey, deviceId }) =>
    messages.clearRetained(`${topicRoot(productKey, deviceId)}status`),
  );

  let wsPort: number | undefined;
  if (host !== undefined && (provider || options.wsPort !== undefined)) {
    const listener = new WebSocketListener({ broker: messages, accept: broker.accept, watching, environment, log });
    closers.push(() => listener.close());
    webSocket = listener;
    if (options.wsPort !== undefined) wsPort = await listener.listen(host, options.wsPort);
  }
  let tls: TlsListeners | undefined;
  const address: BrokerAddress = {
    publicHost: broker.host,
    port: broker.port,
    get portTLS() {
      return broker.portTLS ?? tls?.mqttsPort ?? ABSENT_MQTTS_PORT;
    },
    portMTLS: (deviceId) =>
      pki.certificates.isKnownByCertificate(deviceId) ? broker.accept && tls?.mtlsPort : undefined,
    reconnectSpreadS: options.reconnectSpread ?? DEFAULT_RECONNECT_SPREAD_S,
    isExternal: options.externalBroker !== undefined,
  };
  let apiPort = options.apiPort;
  const place: Place = {
    environment: options.environmentName ?? DEFAULT_ENVIRONMENT,
    publicHost: options.publicHost,
    ports: () => ({
      api: apiPort,
      https: tls?.httpsPort,
      mqtt: broker.urls === undefined ? broker.port : undefined,
      mqtts: broker.accept && tls?.mqttsPort,
      mtls: broker.accept && tls?.mtlsPort,
      ws: wsPort,
    }),
    brokerUrls: broker.urls,
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
      brokerState: broker.state,
      place,
      activations: {
        activationRate: options.activationRate ?? DEFAULT_ACTIVATION_RATE,
        ownBoards: options.ownBoards ?? 0,
      },
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
    onMqtt: broker.accept,
  });
  closers.push(() => tls?.close());
  if (host !== undefined) apiPort = await api.listen(host, options.apiPort);
  // Before the API, whose activations would wait for the broker; the one above is for a start that fails before here.
  closers.push(() => told?.close());
  state.opened?.();
  await told?.start(services.stores.devices, services);
  // Last: it may ask this API who may connect, the cloud included.
  await broker.connect?.();
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

  let closing: Promise<void> | undefined;
  const name = urlHost(host ?? options.publicHost ?? 'localhost');
  const url = `http://${name}:${apiPort}`;
  const brokerUrls = broker.urls ?? {
    mqtt: `mqtt://${name}:${broker.port}`,
    mqtts: tls?.mqttsUrl,
    mtls: tls?.mtlsUrl,
  };
  return {
    apiPort,
    mqttPort: broker.port,
    wsPort,
    apiUrl: url,
    mqttUrl: (brokerUrls.mqtt ?? brokerUrls.mqtts)!,
    brokerUrls,
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
    accept: (listener, stream) => {
      if (listener === 'api') api.accept(stream);
      else if (broker.accept) broker.accept(stream);
      else stream.destroy();
    },
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** What tells a broker that keeps its own list; loaded where there is one alone. */
async function openAccess(
  { externalBroker: broker }: CloudOptions,
  { database, sharing, environment, log }: Pick<CloudServices, 'database' | 'sharing' | 'environment' | 'log'>,
): Promise<OpenBoardAccess | undefined> {
  if (!broker?.dynamicSecurity) return undefined;
  const { openBoardAccess } = await import('./external/open-board-access.js');
  return openBoardAccess({ broker, clientId: clientIdOf('control', { database, sharing }), environment, log });
}

/** What the hooks know the cloud itself by. */
function serviceAccount({ username, password }: Partial<ExternalBrokerOptions> = {}): ServiceAccount | undefined {
  return username === undefined || password === undefined ? undefined : { username, password };
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
