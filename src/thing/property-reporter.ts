import type { Product, PropertySource } from '../core/product.js';
import { nearestFitting } from '../core/property-value.js';
import type { Random } from '../ports/random.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/** Changes that follow each other within this time leave in one post, ms. */
const MERGE_MS = 100;
/** What the reference's own keys show (5.2), whether the thing model has them or not. */
const POSITION: PropertySource = Object.freeze({ channel: 0, attribute: 'position' });
const ANGLE: PropertySource = Object.freeze({ channel: 0, attribute: 'angle' });

export interface PropertyReporterOptions {
  readonly timer: Timer;
  readonly random: Random;
  readonly product: Product;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** What an output really is now, or what an input measures; `undefined` where that is not known. */
  readonly read: (source: PropertySource) => string | number | boolean | undefined;
  readonly rssi: () => number | undefined;
  /** Adds the diagnostics that go with the heartbeat. */
  readonly addDiagnostics: (params: Record<string, unknown>) => void;
  /** A post is due: `take` it when it can be sent. */
  readonly onDue: () => void;
}

/**
 * Decides when the board posts its properties, and builds the post (API reference, 5.2): at once after a change (merged
 * within 100 ms), after every connect, and as a heartbeat. Only the state at the time of sending is ever posted: the thing
 * model, each number in its property's range and on its steps (the output or the input may be between them, or beyond),
 * and of a board with outputs `position` and `angle` of the first.
 */
export class PropertyReporter {
  readonly #options: PropertyReporterOptions;
  readonly #params: Record<string, unknown> = {};
  readonly #plainKeys: number;
  readonly #addsPosition: boolean;
  readonly #addsAngle: boolean;
  #lastPostMs = Number.NEGATIVE_INFINITY;
  #mergeTimer: TimerHandle | undefined;
  #heartbeat: TimerHandle | undefined;
  #due = false;
  #full = false;
  #nextId: number;

  constructor(options: PropertyReporterOptions) {
    this.#options = options;
    this.#nextId = options.random.uint32();
    const { properties, outputs } = options.product;
    this.#plainKeys = properties.length;
    this.#addsPosition = outputs.length > 0 && !properties.some(({ key }) => key === 'position');
    this.#addsAngle = outputs.length > 0 && !properties.some(({ key }) => key === 'angle');
  }

  /** A session has come online: post all there is, and from now on the heartbeat. */
  connected(): void {
    this.disconnected();
    this.#heartbeat = this.#options.timer.repeat(
      () => this.#raise(true),
      this.#options.product.session.heartbeatS * 1_000,
    );
    this.#raise(true);
  }

  /** The session is over: a post that was due is made good after the next connect. */
  disconnected(): void {
    const { timer } = this.#options;
    timer.clear(this.#heartbeat);
    timer.clear(this.#mergeTimer);
    this.#heartbeat = undefined;
    this.#mergeTimer = undefined;
    this.#due = false;
  }

  /** An output has come to rest at a new value, or an input measures another one. */
  changed(): void {
    if (this.#heartbeat === undefined || this.#due || this.#mergeTimer !== undefined) return;
    const { timer, monotonicMs } = this.#options;
    const wait = this.#lastPostMs + MERGE_MS - monotonicMs();
    this.#mergeTimer = timer.set(this.#onMerged, Math.max(wait, 0));
  }

  /** One for all changes: a closure made each time is garbage each time. */
  readonly #onMerged = (): void => {
    this.#mergeTimer = undefined;
    this.#raise(false);
  };

  get due(): boolean {
    return this.#due;
  }

  /** The post with the state as it is now. Call `sent` when it has been handed to the network. */
  build(): string {
    const { nowMs, addDiagnostics } = this.#options;
    const params = this.#full ? {} : this.#params;
    this.#fill(params);
    if (this.#full) addDiagnostics(params);
    // At once: on XS each part of a template literal copies what stands before it.
    return '{"method":"thing.event.property.post","id":"'.concat(
      String(this.#nextId),
      '","params":',
      JSON.stringify(params),
      ',"time":',
      String(nowMs()),
      '}',
    );
  }

  /** The properties as they are now. */
  state(): Record<string, unknown> {
    const params: Record<string, unknown> = {};
    this.#fill(params);
    return params;
  }

  #fill(params: Record<string, unknown>): void {
    const { product, read, rssi } = this.#options;
    for (let i = 0; i < this.#plainKeys; i++) {
      const property = product.properties[i]!;
      const value = read(property.source);
      params[property.key] = typeof value === 'number' ? nearestFitting(property, value) : value;
    }
    if (this.#addsPosition) params['position'] = read(POSITION);
    if (this.#addsAngle) params['angle'] = read(ANGLE);
    params['wifi_rssi'] = rssi();
  }

  sent(): void {
    this.#due = false;
    this.#full = false;
    this.#lastPostMs = this.#options.monotonicMs();
    this.#nextId = this.#nextId === 0xffff_ffff ? 0 : this.#nextId + 1;
  }

  #raise(full: boolean): void {
    this.#due = true;
    this.#full ||= full;
    this.#options.onDue();
  }
}
