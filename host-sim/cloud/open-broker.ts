import type { Duplex } from 'node:stream';
import { Broker } from './broker/broker.js';
import type { BrokerState, MessageBroker } from './broker/message-broker.js';
import type { CloudOptions } from './cloud-types.js';
import type { ShownCertificate } from './domain/certificates.js';
import type { CloudServices } from './domain/services.js';
import type { WatchService } from './domain/watching.js';
import { brokerPlaces } from './external/broker-places.js';
import { clientIdOf } from './external/client-id.js';
import type { ExternalBrokerOptions } from './external/options.js';
import type { BrokerUrls } from './place.js';

/** The broker that a cloud works over, its own or somebody else's. */
export interface OpenBroker {
  readonly messages: MessageBroker;
  /** Host that boards are told; undefined: the one by which they reached the API. */
  readonly host: string | undefined;
  readonly port: number;
  /** Undefined: that of the own listener. */
  readonly portTLS: number | undefined;
  /** Where somebody else's broker is. */
  readonly urls: BrokerUrls | undefined;
  /** Serves MQTT on a byte stream; undefined: only the own broker can. */
  readonly accept: ((stream: Duplex, shown?: ShownCertificate) => void) | undefined;
  /** Connects to somebody else's broker. @throws CloudStartError `broker_refused`, `broker_unreachable` */
  readonly connect: (() => Promise<void>) | undefined;
  /** Undefined: it is part of this process. */
  readonly state: (() => BrokerState) | undefined;
}

interface Parts {
  readonly services: CloudServices;
  readonly watching: WatchService;
  readonly onMessage: (topic: string, payload: Buffer) => void;
}

/** Opens the own broker, or prepares the way to somebody else's. @throws CloudStartError `port_in_use`, `listen_failed` */
export function openBroker(options: CloudOptions, parts: Parts): Promise<OpenBroker> {
  const { externalBroker } = options;
  return externalBroker === undefined ? openOwn(options, parts) : openExternal(externalBroker, options, parts);
}

async function openOwn({ host, publicHost, mqttPort }: CloudOptions, parts: Parts): Promise<OpenBroker> {
  const { services, watching, onMessage } = parts;
  const { gateway, environment, log } = services;
  const broker = new Broker({ gateway, watching, environment, log, onMessage });
  try {
    await broker.open();
    const port = host === undefined ? mqttPort : await broker.listen(host, mqttPort);
    return {
      messages: broker,
      host: publicHost,
      port,
      portTLS: undefined,
      urls: undefined,
      accept: (stream, shown) => broker.accept(stream, shown),
      connect: undefined,
      state: undefined,
    };
  } catch (error) {
    await broker.close();
    throw error;
  }
}

async function openExternal(
  external: ExternalBrokerOptions,
  { publicHost, mqttHooks }: CloudOptions,
  { services, onMessage }: Parts,
): Promise<OpenBroker> {
  // Loaded where it is wanted alone: few clouds have one.
  const { ExternalBroker } = await import('./external/external-broker.js');
  const clientId = clientIdOf('cloud', services);
  const broker = new ExternalBroker({ broker: external, services, clientId, onMessage });
  broker.restore();
  const connect = async (): Promise<void> => {
    await broker.open();
    if (external.dynamicSecurity || mqttHooks !== undefined) return;
    const why = 'the broker alone decides who may connect and what he may say: it neither asks this cloud nor is told';
    services.log.warn('broker_admits_alone', { why, mend: '--broker-dynamic-security or --mqtt-hook-from' });
  };
  const { host, port, portTLS, mqttUrl, mqttsUrl } = brokerPlaces(external, publicHost);
  return {
    messages: broker,
    host,
    port,
    portTLS,
    urls: { mqtt: mqttUrl, mqtts: mqttsUrl, mtls: undefined },
    accept: undefined,
    connect,
    state: () => (broker.isConnected ? 'connected' : 'away'),
  };
}
