import { decodeBase64 } from './base64.js';
import { readCertificate } from './certificate.js';
import { CertificateError } from './certificate-error.js';
import { DerError } from './der.js';
import { isObject } from './json-guard.js';
import { parseHttpUrl } from './url.js';

/** The environments that there may be. */
export const ENVIRONMENT_NAMES = Object.freeze(['release', 'test', 'dev'] as const);
export type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

/** Where a board's cloud is: one named environment. */
export interface Environment {
  readonly name: EnvironmentName;
  /** Base URL of the HTTP API, without a trailing slash: `https://host:port`, or `http://…`, which is in the clear. */
  readonly apiUrl: string;
  /**
   * The CAs of this environment, and no others, as base64 of their certificates' DER. With one, MQTT is always over TLS; absent or
   * empty: nothing is, and an `https:` API cannot be reached.
   */
  readonly anchors?: readonly string[];
  /** Host name of an NTP server; absent: none is asked. */
  readonly ntpServer?: string;
}

/** Most CAs of one environment. */
export const MAX_ANCHORS = 4;
const MAX_URL_CHARACTERS = 200;

/** A field of what came from outside is not as it must be; the message is a sentence that begins with its name. */
export class WrongField extends Error {}

export function isEnvironmentName(name: unknown): name is EnvironmentName {
  return (ENVIRONMENT_NAMES as readonly unknown[]).includes(name);
}

/** Why `der` cannot be a CA that a board trusts, as the end of a sentence about it; `undefined`: it can. */
export function whyNoAnchor(der: Uint8Array): string | undefined {
  try {
    return readCertificate(der).extensions.isCa ? undefined : 'is not of a CA: its basicConstraints must say so';
  } catch (error) {
    if (error instanceof CertificateError) return error.message;
    if (error instanceof DerError) return `is malformed: ${error.message}`;
    throw error;
  }
}

/**
 * Reads environments as signed bundles have them: `{"dev":{"api":"https://…","ca":["base64 of DER",…],"ntp"?:"…"}}`, each secured.
 * @throws {WrongField}
 */
export function readEnvironmentTable(value: unknown, field: string): Environment[] {
  if (!isObject(value)) throw new WrongField(`${field} must be an object: environments by their names`);
  const names = Object.keys(value);
  const stranger = names.find((name) => !isEnvironmentName(name));
  if (stranger !== undefined)
    throw new WrongField(`${field} may have ${ENVIRONMENT_NAMES.join(', ')} and no other name`);
  return (names as EnvironmentName[]).map((name) => readEnvironment(name, value[name], `${field}.${name}`));
}

/** What `readEnvironmentTable` reads. */
export function environmentTable(environments: readonly Environment[]): Record<string, object> {
  const table: Record<string, object> = {};
  for (const { name, apiUrl, anchors, ntpServer } of environments) {
    table[name] = { api: apiUrl, ca: anchors, ...(ntpServer !== undefined && { ntp: ntpServer }) };
  }
  return table;
}

function readEnvironment(name: EnvironmentName, value: unknown, field: string): Environment {
  if (!isObject(value)) throw new WrongField(`${field} must be an object with "api" and "ca"`);
  const { api, ca, ntp } = value;
  const isUrl = typeof api === 'string' && api.length <= MAX_URL_CHARACTERS && !api.endsWith('/');
  if (!isUrl || parseHttpUrl(api)?.secure !== true) {
    throw new WrongField(`${field}.api must be https://HOST or https://HOST:PORT`);
  }
  if (!Array.isArray(ca) || ca.length === 0 || ca.length > MAX_ANCHORS) {
    throw new WrongField(`${field}.ca must be a list of 1 to ${MAX_ANCHORS} certificates`);
  }
  ca.forEach((anchor, index) => {
    mustBeAnchor(anchor, `${field}.ca[${index}]`);
  });
  if (ntp === undefined) return { name, apiUrl: api, anchors: ca };
  if (typeof ntp !== 'string' || !/^[A-Za-z0-9.-]{1,253}$/.test(ntp))
    throw new WrongField(`${field}.ntp must be a host name`);
  return { name, apiUrl: api, anchors: ca, ntpServer: ntp };
}

function mustBeAnchor(anchor: unknown, field: string): void {
  const der = typeof anchor === 'string' ? decodeBase64(anchor) : undefined;
  if (der === undefined) throw new WrongField(`${field} must be the base64 of a certificate's DER`);
  const why = whyNoAnchor(der);
  if (why !== undefined) throw new WrongField(`${field} ${why}`);
}
