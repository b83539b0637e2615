import { isObject, parseJsonObject } from '../../../src/core/json-guard.js';
import type { PropertyPoint } from '../store/property-store.js';

/** Properties of one post, their key's and their value's length (as JSON), at most. */
const MAX_PROPERTIES = 64;
const MAX_VALUE_LENGTH = 1024;
const MAX_ID_LENGTH = 64;
const MAX_LOG_LINES = 256;
const KEY_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/;
/** An earlier time comes from a clock that was never set. */
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2020, 0, 1);
const SET_REPLY = 'thing.service.property.set_reply';

/** What a board said on its status topic (API reference, 5.4). */
export interface StatusMessage {
  readonly online: boolean;
  /** Its own clock, ms since 1970; absent where it sent none. */
  readonly time?: number;
}

/** What a board said on its property post topic (API reference, 5.2). */
export interface PropertyPost {
  readonly points: readonly PropertyPoint[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Keys that were left out, because key or value is not acceptable. */
  readonly refused: readonly string[];
}

/** A board's answer to a property set, or to a service call. */
export interface SetReply {
  readonly id: string;
  /** 200, or why it refused (an Alink code). */
  readonly code: number;
  readonly message?: string;
  readonly data?: object;
}

/** What a board said about an event, or in its log. */
export interface EventMessage {
  readonly params: Readonly<Record<string, unknown>>;
  /** When it happened: by the board's clock where that is plausible, ms since 1970. */
  readonly reportedAt: number;
}

/**
 * The JSON object in a payload, or undefined: for anything else, and for one that nests deeper than any message of the
 * platform, which would exhaust the stack of whoever writes it out again. Never throws.
 */
export function parseObject(payload: Buffer): Record<string, unknown> | undefined {
  return parseJsonObject(payload.toString('utf8'));
}

export function readStatus(message: Record<string, unknown>): StatusMessage | undefined {
  const { status, time } = message;
  if (status !== 'online' && status !== 'offline') return undefined;
  return { online: status === 'online', ...(typeof time === 'number' && { time }) };
}

/** Whether a message is an answer that travels on the post topic, as the origin's firmware sends it. */
export function isSetReply(message: Record<string, unknown>): boolean {
  return message['method'] === SET_REPLY;
}

export function readSetReply(message: Record<string, unknown>): SetReply | undefined {
  const { id, code } = message;
  if ((typeof id !== 'string' && typeof id !== 'number') || typeof code !== 'number') return undefined;
  const text = message['message'];
  const data = message['data'];
  return {
    id: String(id),
    code,
    ...(typeof text === 'string' && { message: text.slice(0, 256) }),
    ...(isObject(data) && { data }),
  };
}

/** Reads params of both Alink forms, `{"k":v}` and `{"k":{"value":v,"time":ms}}`; undefined where there are none, or none that is acceptable. */
export function readPropertyPost(message: Record<string, unknown>, nowMs: number): PropertyPost | undefined {
  const { params } = message;
  if (!isObject(params)) return undefined;
  const postedAt = plausibleTime(message['time'], nowMs);
  const points: PropertyPoint[] = [];
  const refused: string[] = [];
  const properties: Record<string, unknown> = {};
  for (const key of Object.keys(params)) {
    const sample = readSample(params[key]);
    const value = KEY_PATTERN.test(key) && points.length < MAX_PROPERTIES ? toJson(sample.value) : undefined;
    if (value === undefined) {
      refused.push(key.slice(0, 64));
      continue;
    }
    const sampled = sample.time !== undefined;
    points.push({ key, value, reportedAt: sampled ? plausibleTime(sample.time, nowMs) : postedAt, sampled });
    properties[key] = sample.value;
  }
  // A post of which nothing can be kept is not taken for one.
  return points.length === 0 && refused.length > 0 ? undefined : { points, properties, refused };
}

/** Reads `params` of an event: an object, whose own `time` goes before that of the message. */
export function readEventPost(message: Record<string, unknown>, nowMs: number): EventMessage | undefined {
  const { params } = message;
  if (!isObject(params)) return undefined;
  return { params, reportedAt: plausibleTime(params['time'] ?? message['time'], nowMs) };
}

/** Reads the lines of a log post, of any form; undefined where there are none. */
export function readLogPost(message: Record<string, unknown>): readonly unknown[] | undefined {
  const { params } = message;
  if (Array.isArray(params)) return params.slice(0, MAX_LOG_LINES);
  return isObject(params) ? [params] : undefined;
}

/** The answer to a request for the time (Alink NTP), in the form of its `deviceSendTime`: text or number. */
export function ntpAnswer(message: Record<string, unknown>, receivedAt: number, sentAt: number): string | undefined {
  const { deviceSendTime } = message;
  const textual = typeof deviceSendTime === 'string';
  if (textual ? !/^\d{1,20}$/.test(deviceSendTime) : !Number.isFinite(deviceSendTime)) return undefined;
  const form = (time: number) => (textual ? String(time) : time);
  return JSON.stringify({ deviceSendTime, serverRecvTime: form(receivedAt), serverSendTime: form(sentAt) });
}

/** The cloud's answer to a board's post (Alink), or undefined where the post has no id to answer to. */
export function postAnswer(
  message: Record<string, unknown>,
  method: string,
  result: { readonly code: number; readonly message: string },
): string | undefined {
  const { id } = message;
  const fits = typeof id === 'string' ? id.length <= MAX_ID_LENGTH : Number.isSafeInteger(id);
  if (!fits) return undefined;
  return JSON.stringify({ id: String(id), ...result, data: {}, method, version: '1.0' });
}

function readSample(entry: unknown): { value: unknown; time?: number } {
  if (isObject(entry) && 'value' in entry && Object.keys(entry).every((key) => key === 'value' || key === 'time')) {
    const { value, time } = entry;
    return { value, ...(typeof time === 'number' && { time }) };
  }
  return { value: entry };
}

/** A board's time, or ours where its clock is not set or ahead. */
function plausibleTime(time: unknown, nowMs: number): number {
  return typeof time === 'number' && time >= EARLIEST_PLAUSIBLE_MS && time <= nowMs ? Math.trunc(time) : nowMs;
}

function toJson(value: unknown): string | undefined {
  try {
    const json = JSON.stringify(value);
    return json !== undefined && json.length <= MAX_VALUE_LENGTH ? json : undefined;
  } catch {
    return undefined;
  }
}
