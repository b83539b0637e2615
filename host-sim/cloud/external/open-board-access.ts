import { connect } from 'mqtt';
import type { Lead } from '../domain/lead.js';
import type { Sharing } from '../domain/sharing.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudStartError } from '../errors.js';
import type { Logger } from '../events.js';
import type { DeviceStore } from '../store/device-store.js';
import { CONTROL_TOPIC, MqttControlChannel } from './control-channel.js';
import { DynamicSecurity } from './dynamic-security.js';
import { carrierOver } from './mqtt-carrier.js';
import type { ExternalBrokerOptions } from './options.js';

const RECONNECT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** How long a start waits for the rights of its own account. */
const READY_MS = 10_000;

/** Who may connect, told to a broker that keeps its own list. */
export interface OpenBoardAccess {
  readonly access: DynamicSecurity;
  /**
   * Begins to tell what the database says; resolves when the cloud's own account has its rights. Where there is no connection in a while it
   * resolves, too: whoever then connects to hear the boards says better what is wrong. @throws CloudStartError `broker_not_controlled`
   */
  start(
    devices: Pick<DeviceStore, 'byId'>,
    others: { readonly lead: Lead; readonly sharing?: Sharing | undefined },
  ): Promise<void>;
  close(): Promise<void>;
}

/** Connects for `$CONTROL` alone, beside the connection that hears the boards: neither waits for the other. */
export function openBoardAccess(options: {
  readonly broker: ExternalBrokerOptions;
  readonly clientId: string;
  readonly environment: CloudEnvironment;
  readonly log: Logger;
}): OpenBoardAccess {
  const { broker, clientId, environment, log } = options;
  const places = broker.urls.map((url) => new URL(url));
  const client = connect({
    servers: places.map(({ hostname, port, protocol }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'mqtts:' ? 8883 : 1883) : Number(port),
      protocol: protocol === 'mqtts:' ? ('mqtts' as const) : ('mqtt' as const),
    })),
    clientId,
    protocolVersion: 4,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    resubscribe: false,
    queueQoSZero: false,
    ...(broker.username !== undefined && { username: broker.username }),
    ...(broker.password !== undefined && { password: broker.password }),
    ...(broker.ca !== undefined && { ca: broker.ca }),
  });
  // It tries again by itself; who waits for it has a deadline.
  client.on('error', (error) => log.debug('broker_control_failed', { why: error.message }));
  const channel = new MqttControlChannel({ carrier: carrierOver(client), environment });
  let isAnswered = false;
  client.on('message', () => {
    isAnswered = true;
  });
  const access = new DynamicSecurity({ channel, username: broker.username, environment, log });
  let closed: Promise<void> | undefined;
  const end = async () => {
    access.close();
    channel.close();
    await client.endAsync(true);
  };
  return {
    access,
    start: (devices, { lead, sharing }) => {
      access.start(devices, () => lead.isHeld);
      lead.onTaken(() => access.lookThrough());
      for (const kind of ['device', 'product'] as const) sharing?.onNotice(kind, () => access.lookThroughSoon());
      return new Promise((resolve, reject) => {
        const cancel = environment.setTimer(() => {
          if (client.connected && !isAnswered) reject(unanswered(broker.urls));
          else resolve();
        }, READY_MS);
        access.onReady(() => {
          cancel();
          resolve();
        });
      });
    },
    close: () => {
      closed ??= end();
      return closed;
    },
  };
}

function unanswered(urls: readonly string[]): CloudStartError {
  const named = urls.join(', ');
  return new CloudStartError(
    'broker_not_controlled',
    `The broker at ${named} takes the connection, but nobody answers on ${CONTROL_TOPIC} in ${READY_MS / 1000} s: load Mosquitto's dynamic security plugin there and give an account that administers it by --broker-user, or leave --broker-dynamic-security away.`,
    { urls: urls.join(' ') },
  );
}
