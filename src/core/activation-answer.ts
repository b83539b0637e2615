import type { ActivationFailure } from './backoff.js';
import { type ExtensionTopics, readExtensionTopics } from './extension-topics.js';
import { isObject, parseJsonObject } from './json-guard.js';
import { retryAfterMs } from './retry-after.js';
import { parseHostPort } from './url.js';

/** Topics of a board: the seed's three, and the extensions that the cloud announced. A topic that was not announced is not used. */
export interface Topics extends ExtensionTopics {
  readonly propertyPost: string;
  readonly propertySet: string;
  readonly status: string;
  readonly propertySetReply?: string;
}

/** What a board keeps of its activation (API reference, 4.1). */
export interface Activation {
  readonly deviceId: string;
  readonly deviceSecret: string;
  readonly mqtt: {
    readonly host: string;
    readonly port: number;
    /** MQTT over TLS; absent: the cloud offers none. A cloud may name one where nothing listens: it counts only where TLS is wanted. */
    readonly portTLS?: number;
    /** MQTT over TLS for who shows a certificate of his own; absent: the cloud offers none. */
    readonly portMTLS?: number;
    readonly username: string;
    readonly password: string;
    readonly clientId: string;
    /** Seconds; 0: the broker watches for none (MQTT 3.1.1, 3.1.2.10). */
    readonly keepAlive: number;
  };
  readonly topics: Topics;
  /** Seconds over which a fleet comes back after it lost its broker; absent: the product's own. */
  readonly reconnectSpread?: number;
  /** At which a board subscribes; absent: 1. A cloud that repeats what was not answered needs no queue of the broker's. */
  readonly subscribeQos?: 0 | 1;
  /** Base URL of the API that it came from: another cloud knows nothing of it. */
  readonly apiUrl?: string;
}

export type ActivationOutcome =
  | { readonly ok: true; readonly activation: Activation }
  | { readonly ok: false; readonly failure: ActivationFailure };

/** A field of the answer is missing, of the wrong type or out of range. The message names it. */
class UnusableField extends Error {}

/**
 * Judges an answer to `POST /api/v1/devices/activate`. 200 and 409 (an origin server's word for "activated already") with
 * full data are a success; what counts is the body's own `code`.
 * @param body the text of the body
 * @param retryAfter the `Retry-After` header (RFC 9110, 10.2.3)
 * @param date the `Date` header
 */
export function readActivationAnswer(
  status: number,
  body: string,
  retryAfter?: string,
  date?: string,
): ActivationOutcome {
  const answer = parseJsonObject(body);
  const code = typeof answer?.['code'] === 'number' ? answer['code'] : status;
  if (isSuccess(status) && isSuccess(code)) {
    try {
      return { ok: true, activation: readActivation(answer?.['data']) };
    } catch (error) {
      if (!(error instanceof UnusableField)) throw error;
      // A server that says "activated already" and gives nothing has refused; any other success without its data is broken.
      if (status !== 409 && code !== 409) return failed({ kind: 'broken', reason: error.message });
    }
  }
  const verdict = status >= 400 && status !== 409 ? status : code;
  if (verdict === 429) {
    const wait = retryAfterMs(retryAfter, date);
    return failed(wait === undefined ? { kind: 'throttled' } : { kind: 'throttled', retryAfterMs: wait });
  }
  if (status === 409 || (verdict >= 400 && verdict < 500)) {
    const word = answer?.['message'];
    const known = typeof word === 'string' && /^[a-z0-9_]{1,40}$/.test(word) ? word : 'refused';
    return failed({ kind: 'refused', status: verdict >= 400 && verdict < 500 ? verdict : status, word: known });
  }
  return failed({ kind: 'broken', reason: `status ${status}` });
}

/** Reads the `data` of an answer, or an activation as it was stored. @throws when it is not usable. */
function readActivation(data: unknown): Activation {
  const root = object(data, 'data');
  const mqtt = object(root['mqtt'], 'data.mqtt');
  const topics = object(root['topics'], 'data.topics');
  const address = parseHostPort(string(mqtt['server'], 'data.mqtt.server', 260));
  if (!address) throw new UnusableField('data.mqtt.server is not a host name or address');
  const port = address.port ?? integer(mqtt['port'], 'data.mqtt.port', 1, 65_535);
  // A board that hears what it says itself would answer its own answers for ever.
  const propertySet = topic(topics['propertySet'], 'data.topics.propertySet');
  for (const key of ['propertyPost', 'status', 'propertySetReply']) {
    if (topics[key] === propertySet) throw new UnusableField(`data.topics.${key} is the topic of the property set`);
  }
  const extensions = isObject(root['extensions']) ? root['extensions'] : {};
  const spread = extensions['reconnectSpread'];
  const qos = extensions['subscribeQos'];
  const propertyPost = topic(topics['propertyPost'], 'data.topics.propertyPost');
  const status = topic(topics['status'], 'data.topics.status');
  const reply = topics['propertySetReply'];
  const answers = reply === undefined || reply === null ? undefined : topic(reply, 'data.topics.propertySetReply');
  const own = answers === undefined ? [propertyPost, status] : [propertyPost, status, answers];
  return {
    deviceId: string(root['deviceId'], 'data.deviceId', 64),
    deviceSecret: string(root['deviceSecret'], 'data.deviceSecret', 256),
    mqtt: {
      host: address.host,
      port,
      ...portOf('portTLS', mqtt['portTLS']),
      ...portOf('portMTLS', extensions['mqttPortMTLS'] ?? mqtt['portMTLS']),
      username: string(mqtt['username'], 'data.mqtt.username', 256),
      password: string(mqtt['password'], 'data.mqtt.password', 256),
      clientId: string(mqtt['clientId'], 'data.mqtt.clientId', 256),
      keepAlive: integer(mqtt['keepAlive'], 'data.mqtt.keepAlive', 0, 65_535),
    },
    topics: {
      propertyPost,
      propertySet,
      status,
      ...(answers === undefined ? {} : { propertySetReply: answers }),
      ...readExtensionTopics(topics, propertySet, own),
    },
    ...(typeof spread === 'number' && spread >= 0 && spread <= 3_600 ? { reconnectSpread: spread } : {}),
    ...(qos === 0 || qos === 1 ? { subscribeQos: qos } : {}),
  };
}

/** A port that a cloud may offer; one that is none is as good as none. */
function portOf<K extends string>(key: K, value: unknown): { readonly [key in K]?: number } {
  const isPort = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
  return isPort ? ({ [key]: value } as { readonly [key in K]: number }) : {};
}

/** Reads an activation back from its record; `undefined` when it is not one. */
export function readStoredActivation(value: Record<string, unknown>): Activation | undefined {
  const mqtt = value['mqtt'];
  if (!isObject(mqtt)) return undefined;
  try {
    const { reconnectSpread, subscribeQos, apiUrl } = value;
    const extensions = { reconnectSpread, subscribeQos };
    const activation = readActivation({ ...value, mqtt: { ...mqtt, server: mqtt['host'] }, extensions });
    return typeof apiUrl === 'string' ? { ...activation, apiUrl } : activation;
  } catch {
    return undefined;
  }
}

function isSuccess(code: number): boolean {
  return code === 200 || code === 201 || code === 409;
}

function failed(failure: ActivationFailure): ActivationOutcome {
  return { ok: false, failure };
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (!isObject(value)) throw new UnusableField(`${field} is not an object`);
  return value;
}

function string(value: unknown, field: string, maxLength: number): string {
  if (typeof value !== 'string' || value.length === 0) throw new UnusableField(`${field} is not a text`);
  // Printable ASCII: these go into MQTT packets and logs as they are.
  if (value.length > maxLength || !/^[\x20-\x7e]+$/.test(value))
    throw new UnusableField(`${field} is too long or not plain text`);
  return value;
}

function topic(value: unknown, field: string): string {
  const name = string(value, field, 256);
  if (/[+#]/.test(name)) throw new UnusableField(`${field} holds a wildcard`);
  return name;
}

function integer(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new UnusableField(`${field} is not a whole number from ${min} to ${max}`);
  }
  return value;
}
