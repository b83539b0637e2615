import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { SimBoardView } from '../../sim-api/messages.js';
import { plain } from '../i18n/plain.js';
import type { Device, DeviceStatus, PropertyValue } from './device.js';

/** More than any product has; the rest is somebody who makes up names. */
const MOST_PROPERTIES = 256;
/** No date is further from 1970, ms. */
const MOST_TIME_MS = 8.64e15;

/**
 * A board as the page knows it: what the cloud knows of it, what it posts, and, where it is a simulated one, what it is. Each in a signal
 * of its own, so that one that moves draws nothing else anew.
 */
export class Board {
  /** For links and lists: its device id; its serial number until it has one. */
  readonly id: string;
  readonly serial: string;
  readonly productKey: string;
  /** Undefined until the cloud knows it. */
  readonly device: Signal<Device | undefined>;
  /** Undefined: it is real, or another program's. */
  readonly sim: Signal<SimBoardView | undefined>;
  /** What it posted last, by key. */
  readonly properties: Signal<Readonly<Record<string, PropertyValue>>> = signal({});
  readonly status: ReadonlySignal<DeviceStatus>;
  readonly name: ReadonlySignal<string>;
  /** Of a simulated one: its state in the life cycle, `off` or `crashed`. */
  readonly state: ReadonlySignal<string | undefined>;

  constructor(options: { id: string; serial: string; productKey: string; device?: Device; sim?: SimBoardView }) {
    this.id = options.id;
    this.serial = options.serial;
    this.productKey = options.productKey;
    this.device = signal(options.device);
    this.sim = signal(options.sim);
    this.status = computed(() => this.device.value?.status ?? 'inactive');
    this.name = computed(() => plain(this.device.value?.name || this.serial));
    this.state = computed(() => this.sim.value?.state);
  }

  /** It posted these; of more than 256 different ones, the first are kept. @param at ms since 1970 */
  posted(values: Readonly<Record<string, unknown>>, at: number): void {
    const all = new Map(Object.entries(this.properties.peek()));
    for (const [key, value] of Object.entries(values)) {
      if (all.has(key) || all.size < MOST_PROPERTIES) all.set(key, readValue(value, at));
    }
    this.properties.value = Object.fromEntries(all);
  }
}

/** Params of a post: `{"k":v}` or `{"k":{"value":v,"time":ms}}`. */
function readValue(value: unknown, at: number): PropertyValue {
  if (typeof value !== 'object' || value === null || !('value' in value)) {
    return { value, reportedAt: new Date(at).toISOString() };
  }
  const { value: inner, time } = value as { readonly value: unknown; readonly time?: unknown };
  const isTime = typeof time === 'number' && Math.abs(time) <= MOST_TIME_MS;
  return { value: inner, reportedAt: new Date(isTime ? time : at).toISOString() };
}
