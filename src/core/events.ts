/** Where a board's time came from. */
export type TimeSource = 'http' | 'ntp' | 'mqtt';

export type EventLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * What a board reports about itself, by name; described in `docs/events.md`. No event ever carries a secret.
 */
export interface BoardEvents {
  booted: { readonly reason: string; readonly version: string; readonly safeMode: boolean };
  state_changed: { readonly from: string; readonly to: string };
  network_lost: { readonly reason: string };
  clock_set: { readonly source: TimeSource; readonly shiftMs: number };
  activated: { readonly deviceId: string };
  activation_failed: { readonly kind: string; readonly reason: string; readonly retryMs: number };
  /** A server is not the one that it should be: which certificate is wrong, and why (`CertificateCode`). */
  server_refused: { readonly host: string; readonly code: string; readonly message: string };
  /** An environment, or what a bundle of that version makes of the board's own, is tried from here on. */
  environment_tried: { readonly name: string; readonly version?: number };
  /** The board is in it for good. */
  environment_kept: { readonly name: string; readonly version?: number };
  /** It is not, and is back where it was. */
  environment_refused: { readonly name: string; readonly reason: string };
  /** A bundle about environments that the board is not in has been stored. */
  trust_kept: { readonly version: number };
  session_lost: { readonly kind: string; readonly reason: string; readonly retryMs: number };
  command_accepted: { readonly id: string };
  command_refused: { readonly id: string; readonly code: number; readonly message: string };
  message_dropped: { readonly reason: 'malformed' | 'too_large'; readonly bytes: number };
  outbox_dropped: { readonly count: number };
  output_settled: { readonly channel: number; readonly value: number };
  button_pressed: { readonly input: number; readonly press: 'short' | 'double' | 'long' };
  button_held: { readonly input: number };
  setup_opened: Record<string, never>;
  setup_closed: Record<string, never>;
  /** A way to set the board up could not be opened. */
  setup_unavailable: { readonly channel: string };
  /** How far setting up has come: `stage` and `reason` as in `SetupState`; by which channel. */
  setup: { readonly stage: string; readonly channel?: string; readonly reason?: string };
  /** The package of a build has been checked, and the build is on its way; how far. */
  update_started: { readonly version: string };
  update_progress: { readonly percent: number };
  /** It has been broken off, and goes on: after `retryMs`, or once the board is online again. */
  update_paused: { readonly code: string; readonly message: string; readonly retryMs?: number };
  /** What was offered is not taken. */
  update_refused: { readonly code: string; readonly message: string };
  /** It is in the board, which restarts with it, on trial. */
  update_ready: { readonly version: string };
  /** It has come online, and stays. */
  update_proven: { readonly version: string };
  /** It is not taken, or has been taken back. */
  update_failed: { readonly version: string; readonly code: string; readonly message: string };
  /** A proven build wants updates to be signed by keys that it does not know itself: the keys that were wanted before stay. */
  update_keys_unknown: { readonly required: number };
  factory_reset: Record<string, never>;
  storage_failed: { readonly record: string };
  stopped: Record<string, never>;
  crashed: { readonly message: string };
}

export type EventName = keyof BoardEvents;

/** One event. `at`: epoch milliseconds as far as the board knew the time. */
export interface BoardEvent<N extends EventName = EventName> {
  readonly name: N;
  readonly level: EventLevel;
  readonly at: number;
  readonly data: BoardEvents[N];
}

/** Events kept. */
export const EVENT_RING_SIZE = 64;

/** The last 64 events, oldest first. Once an event has been written down, only its JSON is kept, so that none is made twice. */
export class EventRing {
  readonly #events: (BoardEvent | string)[] = [];

  add(event: BoardEvent): void {
    if (this.#events.length === EVENT_RING_SIZE) this.#events.shift();
    this.#events.push(event);
  }

  list(): readonly BoardEvent[] {
    return this.#events.map((event) => (typeof event === 'string' ? (JSON.parse(event) as BoardEvent) : event));
  }

  /** The JSON of the newest that take at most so many characters, a comma after each, oldest first. */
  newest(characters: number): string[] {
    let room = characters;
    let first = this.#events.length;
    while (first > 0) {
      room -= this.#json(first - 1).length + 1;
      if (room < 0) break;
      first--;
    }
    return this.#events.slice(first) as string[];
  }

  #json(at: number): string {
    const event = this.#events[at]!;
    if (typeof event === 'string') return event;
    const json = JSON.stringify(event);
    this.#events[at] = json;
    return json;
  }
}
