import { readPublish } from './mqtt-tap.js';
import { PerDevice } from './per-device.js';
import type { SimDevice } from './sim-device.js';

const PUBLISH = 3;
const PROPERTY_SET = '/thing/service/property/set';
/** Of each board the last so many are remembered. */
const MOST_KEPT = 64;

/** A command that is on its way to a board. */
export interface Told {
  readonly id: string;
  readonly packetId: number | undefined;
  /** False: it calls a service. */
  readonly isSet: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  /** By whoever sent it, epoch ms. */
  readonly timeMs: number | undefined;
  readonly isRetained: boolean;
}

/** An answer of a board to a command. */
export interface Answer {
  readonly id: string;
  readonly code: number;
}

/** The command in a packet to a board; `undefined` for everything else, and for what has no id that it could be answered by. */
export function readTold(packet: Buffer): Told | undefined {
  if (packet[0]! >> 4 !== PUBLISH) return undefined;
  const { topic, packetId, payload } = readPublish(packet);
  if (!topic.includes('/thing/service/') || topic.endsWith('_reply')) return undefined;
  const message = readObject(payload);
  const id = idOf(message?.['id']);
  if (message === undefined || id === undefined) return undefined;
  const { params, time } = message;
  return {
    id,
    packetId,
    isSet: topic.endsWith(PROPERTY_SET),
    params: typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {},
    timeMs: typeof time === 'number' ? time : undefined,
    isRetained: (packet[0]! & 1) === 1,
  };
}

/** The answer in a packet of a board. */
export function readAnswer(packet: Buffer): Answer | undefined {
  if (packet[0]! >> 4 !== PUBLISH) return undefined;
  const { topic, payload } = readPublish(packet);
  // The origin's firmware answers on the topic of its posts; ours where it is told to.
  if (!/\/thing\/service\/.+_reply$/.test(topic)) return undefined;
  const message = readObject(payload);
  const id = idOf(message?.['id']);
  return id === undefined ? undefined : { id, code: Number(message?.['code']) };
}

/** The latest commands to each board, by their ids. */
export class ToldBook {
  readonly #books = new PerDevice<Map<string, Told>>(() => new Map());

  /** Takes a packet to a board; tells of the command in it. */
  take(device: SimDevice, packet: Buffer): Told | undefined {
    const told = readTold(packet);
    if (told === undefined) return undefined;
    const book = this.#books.of(device);
    book.delete(told.id);
    book.set(told.id, told);
    if (book.size > MOST_KEPT) book.delete(book.keys().next().value!);
    return told;
  }

  find(device: SimDevice, id: string): Told | undefined {
    return this.#books.of(device).get(id);
  }
}

function readObject(payload: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** As the reference has ids: text of up to 64 characters; a number is taken as its digits. */
function idOf(id: unknown): string | undefined {
  if (typeof id === 'string') return id.length > 0 && id.length <= 64 ? id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? String(id) : undefined;
}
