import { type BoardEvent, type BoardEvents, type EventLevel, type EventName, EventRing } from '../core/events.js';
import { isObject } from '../core/json-guard.js';
import { WriteBudget } from '../core/write-budget.js';
import type { ConsoleLine, Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { JsonRecord, MAX_RECORD_BYTES } from '../records/json-record.js';

interface StoredEvents {
  readonly events: readonly BoardEvent[];
}

/** Of what was thrown, as much as an event keeps. */
const MAX_CRASH_CHARACTERS = 120;
/** Events are gathered this long before they are written, so that a burst costs one write, ms. */
const SAVE_DELAY_MS = 10_000;

/** After these an operator goes on: with the next board, or the next rotation. */
const WAITED_FOR: readonly EventName[] = Object.freeze(['environment_kept', 'trust_kept', 'update_proven']);

/**
 * The board's events: each goes to the console at once, and all but the `debug` ones into a ring of 64 that survives a
 * restart. The ring is written at most once a minute and at a clean stop.
 */
export class Diagnostics {
  readonly #host: Host;
  readonly #console: ConsoleLine;
  readonly #onSerious: (event: BoardEvent) => void;
  readonly #ring = new EventRing();
  readonly #record: JsonRecord<StoredEvents>;
  readonly #budget = new WriteBudget();
  #saving: TimerHandle | undefined;

  /** @param onSerious is told of every event of level warn and up, and of what somebody afar waits for */
  constructor(host: Host, onSerious: (event: BoardEvent) => void) {
    this.#onSerious = onSerious;
    this.#host = host;
    this.#console = host.console;
    this.#record = new JsonRecord(host.storage, host.text, 'events', readStoredEvents);
    for (const event of this.#record.read()?.events ?? []) this.#ring.add(event);
  }

  emit<N extends EventName>(level: EventLevel, name: N, data: BoardEvents[N]): void {
    const event: BoardEvent<N> = { name, level, at: this.#host.clock.nowMs(), data };
    this.#console(event);
    if (level === 'debug') return;
    this.#ring.add(event as BoardEvent);
    if (level !== 'info' || WAITED_FOR.includes(name)) this.#onSerious(event as BoardEvent);
    if (this.#saving !== undefined) return;
    const wait = Math.max(SAVE_DELAY_MS, this.#budget.waitMs(this.#host.clock.monotonicMs()));
    this.#saving = this.#host.timer.set(() => this.flush(), wait);
  }

  /** The events kept, oldest first; those of earlier boots included. */
  events(): readonly BoardEvent[] {
    return this.#ring.list();
  }

  /** The firmware has thrown, and the board is about to start anew: nothing that needs time is begun. */
  crashed(message: string): void {
    const event: BoardEvent<'crashed'> = {
      name: 'crashed',
      level: 'error',
      at: this.#host.clock.nowMs(),
      data: { message: message.slice(0, MAX_CRASH_CHARACTERS) },
    };
    this.#console(event);
    this.#ring.add(event);
    this.#write();
  }

  /** Writes the ring if it has changed. */
  flush(): void {
    if (this.#saving === undefined) return;
    this.#host.timer.clear(this.#saving);
    this.#saving = undefined;
    this.#write();
  }

  #write(): void {
    this.#budget.spend(this.#host.clock.monotonicMs());
    // Characters may take two bytes.
    const newest = this.#ring.newest(MAX_RECORD_BYTES / 2);
    try {
      // Not as a template literal, which on XS makes a copy more of them all.
      this.#record.writeJson('{"events":['.concat(newest.join(), ']}'));
    } catch {
      this.#console({
        name: 'storage_failed',
        level: 'error',
        at: this.#host.clock.nowMs(),
        data: { record: 'events' },
      });
    }
  }
}

function readStoredEvents(value: Record<string, unknown>): StoredEvents | undefined {
  const events = value['events'];
  if (!Array.isArray(events)) return undefined;
  return {
    events: events.filter((event): event is BoardEvent => isObject(event) && typeof event['name'] === 'string'),
  };
}
