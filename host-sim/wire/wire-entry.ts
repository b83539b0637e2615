import type { SimHttpEntry, SimMqttEntry } from '../sim-api/messages.js';
import { type MqttReader, packetName } from './decode-mqtt.js';
import type { HttpRecord } from './http-exchange.js';
import { splitRequest } from './redact-http.js';

/** What went over a board's wire, without its secrets. What it says is worked out whenever it is read. */
export type WireEntry = {
  /** ms since 1970; of a request, when it was sent. */
  readonly at: number;
  /** What went over the wire. */
  readonly bytes: number;
  /** The packet, Base64, its beginning; of a request, what was sent. */
  readonly raw: string;
} & (SimMqttEntry | SimHttpEntry);

/** A packet that was sent or received, and has no secrets any more. */
export interface MqttRecord {
  readonly at: number;
  readonly direction: 'out' | 'in';
  /** Its beginning. */
  readonly packet: Uint8Array;
  /** All of it. */
  readonly bytes: number;
}

const PUBLISH = 3;

/** The entry of a packet. Its fields are its own, so that a copy of it is a whole one. */
export function mqttEntry({ at, direction, packet, bytes }: MqttRecord, reader: MqttReader): WireEntry {
  const entry = {
    kind: 'mqtt' as const,
    at,
    bytes,
    direction,
    packet: packetName(packet),
    get raw() {
      return base64(packet);
    },
    get fields() {
      return reader.read(packet).fields;
    },
  };
  if (packet[0]! >> 4 !== PUBLISH) return entry;
  return Object.defineProperties(entry, {
    topic: { enumerable: true, get: () => reader.read(packet).topic },
    payload: { enumerable: true, get: () => reader.read(packet).payload },
  });
}

/** When and where an exchange was. */
export interface HttpCircumstances {
  readonly at: number;
  readonly durationMs: number;
  /** Where the connection leads: `http://127.0.0.1:8080`. */
  readonly origin: string;
}

/** The entry of an exchange, whose secrets are hidden. */
export function httpEntry(record: HttpRecord, { at, durationMs, origin }: HttpCircumstances): WireEntry {
  const { request, status, headers, body, bodyBytes, bytes } = record;
  const [line] = splitRequest(request).lines;
  const [method = '', target = ''] = line?.text.split(' ') ?? [];
  return {
    kind: 'http',
    at,
    bytes,
    durationMs,
    method,
    url: `${originOf(request, origin)}${target}`,
    status: status ?? null,
    responseHeaders: headers,
    responseBytes: bodyBytes,
    get raw() {
      return base64(request);
    },
    get requestHeaders() {
      return headersOf(request);
    },
    get requestBody() {
      const { body: start } = splitRequest(request);
      return start === undefined ? '' : text(request.subarray(start));
    },
    get responseBody() {
      return text(body);
    },
  };
}

/** As the request names it, which may be by another name. */
function originOf(request: Uint8Array, origin: string): string {
  const host = headersOf(request).find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
  return /^[a-z0-9.-]+(?::[0-9]+)?$/i.test(host) ? `${origin.slice(0, origin.indexOf('//') + 2)}${host}` : origin;
}

function headersOf(request: Uint8Array): (readonly [string, string])[] {
  return splitRequest(request)
    .lines.slice(1)
    .map(({ text }) => {
      const colon = text.indexOf(':');
      return colon < 0 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1).trim()];
    });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
