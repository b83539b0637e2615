import type { SimEventEntry, SimHttpEntry, SimMqttEntry, SimWireEntry } from '../../sim-api/messages.js';

/** Entries that are missing at this place. */
export interface WireGap {
  readonly kind: 'gap';
  /** How many, of all boards; undefined: some, perhaps. */
  readonly missed: number | undefined;
}

export type WireFact = SimEventEntry | SimMqttEntry | SimHttpEntry | WireGap;

/** A line of the list. */
export interface WireLine {
  /** Rises with each line of this page. */
  readonly id: number;
  /** ms since 1970: by the world's clock, or by this page's for what the cloud passed on. */
  readonly at: number;
  /** `board`: taken at the simulated board itself. `cloud`: as the cloud passed it on to the WebSocket. */
  readonly source: 'board' | 'cloud';
  /** Whose it is: the serial number at source `board`, the device id at `cloud`; empty: everybody's. */
  readonly who: string;
  readonly bytes: number;
  /** Base64; empty where the bytes are not known here. */
  readonly raw: string;
  readonly fact: WireFact;
}

export type NewLine = Omit<WireLine, 'id'>;

/** What the cloud passes on of a board. */
export interface PassedOn {
  readonly deviceId: string;
  /** What follows the board's root. */
  readonly path: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly at: number;
}

const LEVELS = ['debug', 'info', 'warn', 'error'];
/** What the cloud says to boards: calls of services, answers to what boards post, offers of builds, the time. */
const DOWN = [
  /^thing\/service\/.+(?<!_reply)$/,
  /^thing\/(event|log)\/.+_reply$/,
  /^ota\/device\/upgrade$/,
  /\/response$/,
];

/** Which way a message goes, as the board sees it. @param path what follows the board's root in the topic */
export function directionOf(path: string): 'out' | 'in' {
  return DOWN.some((form) => form.test(path)) ? 'in' : 'out';
}

/** An entry that was taken at the board. */
export function lineOfEntry(entry: SimWireEntry): NewLine {
  const { at, serial: who, bytes, raw } = entry;
  return { at, who, source: 'board', bytes, raw, fact: entry };
}

/** A message that the cloud passed on; its word about a board's presence is no packet of the board. */
export function lineOfMessage({ deviceId, path, topic, payload, at }: PassedOn): NewLine {
  const text = typeof payload === 'string' ? payload : (JSON.stringify(payload) ?? '');
  const bytes = new TextEncoder().encode(text).length;
  const line = { at, who: deviceId, source: 'cloud', raw: '' } as const;
  if (path === 'status') {
    const { status } = (typeof payload === 'object' && payload !== null ? payload : {}) as {
      readonly status?: unknown;
    };
    const level = status === 'offline' ? 'warn' : 'info';
    return { ...line, bytes: 0, fact: { kind: 'life', name: 'presence', level, data: { status } } };
  }
  const direction = directionOf(path);
  return { ...line, bytes, fact: { kind: 'mqtt', direction, packet: 'PUBLISH', fields: {}, topic, payload: text } };
}

/** A place where entries are missing. */
export function lineOfGap(at: number, missed?: number): NewLine {
  return { at, who: '', source: 'board', bytes: 0, raw: '', fact: { kind: 'gap', missed } };
}

/** How bad an event is, 0 (debug) to 3 (error). */
export function severityOf(level: string): number {
  return LEVELS.indexOf(level);
}
