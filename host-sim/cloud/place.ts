import type { X509Certificate } from 'node:crypto';
import { ENVIRONMENT_NAMES, type EnvironmentName } from '../../src/core/environment.js';
import type { FileUrl } from './domain/updates.js';
import { urlHost } from './listen.js';

/** Where a cloud listens, and whom its clients are to trust. */
export interface Place {
  /** The environment that its boards are in. */
  readonly environment: EnvironmentName;
  /** Host name or address; the one that the caller of the API used where this is undefined. */
  readonly publicHost: string | undefined;
  readonly ports: () => PlacePorts;
  /** Where somebody else's broker is that the cloud works over. */
  readonly brokerUrls?: BrokerUrls | undefined;
  /** Whether the API's port has the panel at `/`. */
  readonly hasPanel: boolean;
  /** The certificate authority; undefined: nothing listens with TLS. */
  readonly ca: X509Certificate | undefined;
}

/** Where a broker is: in the clear, over TLS, and with a client certificate; undefined: not so. */
export interface BrokerUrls {
  readonly mqtt: string | undefined;
  readonly mqtts: string | undefined;
  readonly mtls: string | undefined;
}

/** Undefined for what is not served. */
export interface PlacePorts {
  readonly api: number;
  readonly https: number | undefined;
  readonly mqtt: number | undefined;
  readonly mqtts: number | undefined;
  readonly mtls: number | undefined;
  readonly ws: number | undefined;
}

/** Base URLs by the names that the ready line has for them; what is not served is left out. */
export interface PlaceView {
  readonly environment: EnvironmentName;
  readonly urls: Readonly<Record<string, string>>;
  /** Where apps find the services of each environment: a dev cloud serves all of them itself. */
  readonly environments: Readonly<Record<EnvironmentName, ServiceTable>>;
  /** SHA-256 of the CA's certificate, hex digits with colons, to be compared with what `smartlink ca show` says. */
  readonly caFingerprint?: string;
}

/** Base URLs of what an app of the gateway's looks for (its document, 2.2). */
export interface ServiceTable {
  readonly api: string;
  readonly mqtt: string;
  readonly sso: string;
  readonly file: string;
}

/** A cloud's base URLs for who reaches it by this host. */
export function describePlace(
  { environment, publicHost, ports, brokerUrls, hasPanel, ca }: Place,
  callerHost: string,
): PlaceView {
  const host = urlHost(publicHost ?? callerHost);
  const { api, https, mqtt, mqtts, mtls, ws } = ports();
  const list = Object.entries({
    api: [`http://${host}`, api],
    https: [`https://${host}`, https],
    mqtt: [`mqtt://${host}`, mqtt],
    mqtts: [`mqtts://${host}`, mqtts],
    mtls: [`mqtts://${host}`, mtls],
    ws: [`ws://${host}`, ws, '/mqtt'],
    wss: [`wss://${host}`, https, '/mqtt'],
    ca: [`http://${host}`, ca && api, '/ca.pem'],
    panel: [`http://${host}`, hasPanel ? api : undefined, '/'],
  } as const).flatMap(([name, [base, port, path = '']]) =>
    port === undefined ? [] : [[name, `${base}:${port}${path}`] as const],
  );
  const elsewhere = Object.entries(brokerUrls ?? {}).filter(([, url]) => url !== undefined);
  const urls: Readonly<Record<string, string>> = Object.fromEntries([...list, ...elsewhere]);
  const base = urls['api']!;
  const mqttUrl = (urls['mtls'] ?? urls['mqtt'] ?? urls['mqtts'])!;
  const table: ServiceTable = { api: base, mqtt: mqttUrl, sso: base, file: `${base}/api/midpfilec` };
  return {
    environment,
    urls,
    environments: Object.fromEntries(ENVIRONMENT_NAMES.map((name) => [name, table])) as PlaceView['environments'],
    ...(ca && { caFingerprint: ca.fingerprint256 }),
  };
}

/** Base URL of the API for who reaches it by this host; undefined where it is not served that way. */
export function apiUrl({ publicHost, ports }: Place, callerHost: string, isSecure: boolean): string | undefined {
  const { api, https } = ports();
  const port = isSecure ? https : api;
  if (port === undefined) return undefined;
  return `${isSecure ? 'https' : 'http'}://${urlHost(publicHost ?? callerHost)}:${port}`;
}

/**
 * Where the WebSocket is for who reaches the API by this host, as a Content Security Policy names it: the one that is encrypted
 * as his own connection is, where there is such a one. Undefined: there is none.
 */
export function webSocketSource(
  { publicHost, ports }: Place,
  callerHost: string,
  isSecure: boolean,
): string | undefined {
  const { ws, https } = ports();
  const name = publicHost ?? callerHost;
  // A policy cannot name an IPv6 address (CSP 3, 2.3.1): then any host, but this port alone.
  const host = name.includes(':') ? '*' : name;
  if (!isSecure && ws !== undefined) return `ws://${host}:${ws}`;
  return https === undefined ? undefined : `wss://${host}:${https}`;
}

/** Addresses that stand for all of a machine's. */
const EVERY_ADDRESS: readonly (string | undefined)[] = ['0.0.0.0', '::'];

/**
 * Where boards find files: at the host by which they reached the API, or where this cloud is said to be.
 * @param ownHost where it listens, for boards that activated before their way was kept
 */
export function fileUrls(place: Place, ownHost: string | undefined): FileUrl {
  const own = EVERY_ADDRESS.includes(ownHost) ? undefined : ownHost;
  return (token, { host, isSecure }) => {
    const name = place.publicHost ?? host ?? own;
    const base = name && apiUrl(place, name, isSecure);
    return base && `${base}/api/v1/ota/files/${token}`;
  };
}
