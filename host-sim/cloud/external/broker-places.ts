import { urlHost } from '../listen.js';
import type { ExternalBrokerOptions } from './options.js';

/** What the reference always names, where nobody has said another (API reference, 4.1). */
const PLAIN_PORT = 1883;
const TLS_PORT = 8883;

/** Where boards find a broker of somebody else's. */
export interface BrokerPlaces {
  readonly host: string;
  readonly port: number;
  readonly portTLS: number;
  /** Undefined where it is not said to listen so. */
  readonly mqttUrl: string | undefined;
  readonly mqttsUrl: string | undefined;
}

/** @param publicHost goes before the host of all addresses */
export function brokerPlaces({ urls, boardUrls }: ExternalBrokerOptions, publicHost: string | undefined): BrokerPlaces {
  const told = (boardUrls ?? urls).map((url) => new URL(url));
  const host = publicHost ?? told[0]!.hostname.replace(/^\[|\]$/g, '');
  const portOf = (protocol: 'mqtt:' | 'mqtts:', usual: number): number | undefined => {
    const url = told.find((one) => one.protocol === protocol);
    return url && (Number(url.port) || usual);
  };
  const port = portOf('mqtt:', PLAIN_PORT);
  const portTLS = portOf('mqtts:', TLS_PORT);
  return {
    host,
    port: port ?? PLAIN_PORT,
    portTLS: portTLS ?? TLS_PORT,
    mqttUrl: port === undefined ? undefined : `mqtt://${urlHost(host)}:${port}`,
    mqttsUrl: portTLS === undefined ? undefined : `mqtts://${urlHost(host)}:${portTLS}`,
  };
}
