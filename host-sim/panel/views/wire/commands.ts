import type { SimHttpEntry, SimMqttEntry } from '../../../sim-api/messages.js';
import { curlLine } from '../../copy/curl.js';
import { mosquittoLine } from '../../copy/mosquitto.js';
import type { WireLine } from '../../state/wire-line.js';

/** A line for a shell that does again what was seen. `why`: there is none, because. */
export type Command =
  | { readonly tool: 'curl' | 'mosquitto_pub'; readonly as: Actor; readonly line: string }
  | { readonly tool: 'curl' | 'mosquitto_pub'; readonly why: 'onlyCloud' | 'notText' | 'cut' | 'noUrl' };

/** In whose name: the board's own request or session, or a user's. */
export type Actor = 'board' | 'user';

export interface Place {
  /** Base URLs of the cloud by name: `api`, `mqtt`, `mtls`. */
  readonly urls: Readonly<Record<string, string>>;
  /** Who is signed in. */
  readonly userId: string;
}

const TOPIC = /^\/sys\/([^/]+)\/([^/]+)\/(.+)$/;
/** A service of a board, as users may call it; `property/set` is one of them. */
const SERVICE = /^thing\/service\/([^/]+|property\/[sg]et)$/;
/** Of a packet or a request, so many bytes are kept (`SimWireEntry.raw`). */
const MOST_KEPT = 4_096;
/** curl makes these itself, for its own connection. */
const OWN_HEADERS = ['host', 'content-length', 'connection', 'transfer-encoding'];

/** The lines that do again what this entry tells of; none for what cannot be done at all. */
export function commandsOf(line: Pick<WireLine, 'fact' | 'raw'>, place: Place): readonly Command[] {
  const { fact } = line;
  if (fact.kind === 'http') {
    if (isCut(line)) return [{ tool: 'curl', why: 'cut' }];
    return [attempt('curl', () => ({ as: 'board', line: requestLine(fact) }))];
  }
  if (fact.kind !== 'mqtt' || fact.packet !== 'PUBLISH' || fact.topic === undefined) return [];
  if (isCut(line)) return [{ tool: 'mosquitto_pub', why: 'cut' }];
  return fact.direction === 'out' ? [publishAsBoard(fact, place)] : publishAsUser(fact, place);
}

/** Whether it may have been longer than what is kept. */
function isCut({ raw }: Pick<WireLine, 'raw'>): boolean {
  return raw.length >= (MOST_KEPT / 3) * 4;
}

function requestLine({ method, url, requestHeaders, requestBody }: SimHttpEntry): string {
  const headers = requestHeaders.filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase()));
  return curlLine({ method, url, headers, ...(requestBody !== '' && { body: requestBody }) });
}

function publishAsBoard(fact: SimMqttEntry, { urls }: Place): Command {
  const [, productKey, deviceId] = TOPIC.exec(fact.topic!) ?? [];
  if (productKey === undefined || deviceId === undefined) return { tool: 'mosquitto_pub', why: 'onlyCloud' };
  const login = { as: 'board', clientId: `${productKey}&${deviceId}` } as const;
  return publish(fact, urls['mqtt'], login);
}

/** What the cloud says to a board, users may have it say: over MQTT, and by the API. */
function publishAsUser(fact: SimMqttEntry, { urls, userId }: Place): readonly Command[] {
  const [, , deviceId, path = ''] = TOPIC.exec(fact.topic!) ?? [];
  const service = SERVICE.exec(path)?.[1];
  if (deviceId === undefined || service === undefined || service.endsWith('_reply')) {
    return [{ tool: 'mosquitto_pub', why: 'onlyCloud' }];
  }
  const params = paramsOf(fact.payload ?? '');
  const call = service === 'property/set' ? 'control' : `services/${encodeURIComponent(service.replace('/', '.'))}`;
  const curl: Command =
    params === undefined || urls['api'] === undefined
      ? { tool: 'curl', why: params === undefined ? 'notText' : 'noUrl' }
      : attempt('curl', () => ({
          as: 'user',
          line: curlLine({
            method: 'POST',
            url: `${urls['api']}/api/v1/devices/${encodeURIComponent(deviceId)}/${call}`,
            headers: [['Content-Type', 'application/json']],
            body: params,
            needsToken: true,
          }),
        }));
  return [curl, publish({ ...fact, fields: { qos: 1 } }, urls['mtls'], { as: 'user', userId })];
}

function publish(
  { topic, payload = '', fields }: SimMqttEntry,
  url: string | undefined,
  login: Parameters<typeof mosquittoLine>[0]['login'],
): Command {
  if (url === undefined) return { tool: 'mosquitto_pub', why: 'noUrl' };
  // Bytes that were no UTF-8: what they were is gone.
  if (payload.includes('\ufffd')) return { tool: 'mosquitto_pub', why: 'notText' };
  const { qos, retain } = fields;
  const message = { url, login, topic: topic!, payload, qos: Number(qos) || 0, retain: retain === true };
  return attempt('mosquitto_pub', () => ({ as: login.as, line: mosquittoLine(message) }));
}

function attempt(tool: Command['tool'], make: () => { readonly as: Actor; readonly line: string }): Command {
  try {
    return { tool, ...make() };
  } catch (error) {
    if (error instanceof RangeError) return { tool, why: 'notText' };
    throw error;
  }
}

/** The `params` of a command. */
function paramsOf(payload: string): string | undefined {
  try {
    const { params } = JSON.parse(payload) as { readonly params?: unknown };
    return typeof params === 'object' && params !== null ? JSON.stringify(params) : undefined;
  } catch {
    return undefined;
  }
}
