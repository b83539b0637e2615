/** A board, as events name it. */
export interface BoardName {
  readonly deviceId: string;
  readonly productKey: string;
  readonly deviceSN: string;
}

/** What happens in a cloud, after it happened (and, where it is stored, after it was stored). Times are ms since 1970. */
export interface CloudEventMap {
  deviceActivated: BoardName & { readonly again: boolean; readonly at: number };
  deviceOnline: BoardName & { readonly at: number };
  /** `reason`: what told the cloud. */
  deviceOffline: BoardName & { readonly reason: 'message' | 'will' | 'connection' | 'deleted'; readonly at: number };
  deviceDeleted: BoardName & { readonly at: number };
  propertyPosted: BoardName & { readonly properties: Readonly<Record<string, unknown>>; readonly at: number };
  /** An event that a board posted, stored: `name` is its identifier. */
  eventPosted: BoardName & {
    readonly name: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly reportedAt: number;
    readonly at: number;
  };
  /** Lines of its log that a board posted, as they came. */
  logPosted: BoardName & { readonly lines: readonly unknown[]; readonly at: number };
  /** Once per delivery: `repeated` from the second on. A command kept for an offline board is sent when it comes. */
  commandSent: {
    readonly deviceId: string;
    readonly id: string;
    readonly params: object;
    readonly repeated: boolean;
    readonly at: number;
  };
  /** A board's part in a campaign has changed: `state` is one of the documented ones, the rest is there where it means something. */
  updateChanged: {
    readonly deviceId: string;
    readonly campaignId: string;
    readonly version: string;
    readonly state: string;
    readonly percent: number | undefined;
    readonly step: number | undefined;
    readonly detail: string | undefined;
    readonly at: number;
  };
  /** A code was made for an address. Beside here only who runs the cloud reads it. */
  codeSent: {
    readonly channel: 'sms' | 'mail';
    readonly address: string;
    readonly purpose: string;
    readonly code: string;
    readonly at: number;
  };
  /** `userId` may see and control what is in a project that `by` owns: a membership began. */
  spaceShared: { readonly userId: number; readonly spaceId: string; readonly by: number; readonly at: number };
  commandAnswered: { readonly deviceId: string; readonly id: string; readonly code: number; readonly at: number };
  /** Dropped without an answer: too old, or its waiting caller was told 504. */
  commandDropped: { readonly deviceId: string; readonly id: string; readonly at: number };
}

/** Events that are about one board. */
export type BoardEventName = {
  [N in keyof CloudEventMap]: CloudEventMap[N] extends { readonly deviceId: string } ? N : never;
}[keyof CloudEventMap];

/** One line of the cloud's log; `data` never holds a secret. */
export interface CloudLogEvent {
  readonly name: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export type CloudLog = (event: CloudLogEvent) => void;

/** Subscribing to what happens in a cloud. */
export interface CloudEvents {
  /** Calls `listener` on every such event until the returned function is called. A listener that throws is logged. */
  on<N extends keyof CloudEventMap>(name: N, listener: (event: CloudEventMap[N]) => void): () => void;
}

type Listener = (event: never) => void;

/** The events of one cloud: listeners are called in the order they came, one's failure does not reach the others. */
export class EventHub implements CloudEvents {
  readonly #listeners = new Map<keyof CloudEventMap, Set<Listener>>();
  readonly #onListenerError: (name: string, error: unknown) => void;

  constructor(options: { onListenerError: (name: string, error: unknown) => void }) {
    this.#onListenerError = options.onListenerError;
  }

  on<N extends keyof CloudEventMap>(name: N, listener: (event: CloudEventMap[N]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // A wrapper of its own per call: the same function may listen twice and stop once.
    const entry: Listener = (event) => listener(event);
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  /** Forgets every listener: nothing is called after it. */
  close(): void {
    this.#listeners.clear();
  }

  emit<N extends keyof CloudEventMap>(name: N, event: CloudEventMap[N]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(event as never);
      } catch (error) {
        this.#onListenerError(name, error);
      }
    }
  }
}

/** Writes log lines with the cloud's own time. */
export class Logger {
  readonly #log: CloudLog;
  readonly #now: () => number;

  constructor(options: { log: CloudLog; now: () => number }) {
    this.#log = options.log;
    this.#now = options.now;
  }

  debug(name: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#write('debug', name, data);
  }

  info(name: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#write('info', name, data);
  }

  warn(name: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#write('warn', name, data);
  }

  error(name: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#write('error', name, data);
  }

  #write(level: CloudLogEvent['level'], name: string, data: Readonly<Record<string, unknown>>): void {
    try {
      this.#log({ name, level, at: this.#now(), data });
    } catch {
      // Whoever listens to the log cannot end what it tells of.
    }
  }
}
