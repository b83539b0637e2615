import type { WebSocket } from 'ws';
import { parseJsonObject } from '../../../src/core/json-guard.js';
import { filterMatches } from '../domain/topics.js';
import { CHECK_INTERVAL_MS, MAX_SUBSCRIPTIONS, type Watcher, type WatchService } from '../domain/watching.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { Logger } from '../events.js';

/** Time for `auth` to succeed, ms. */
export const AUTH_TIMEOUT_MS = 10_000;
/** After closing: time for the peer to close too, ms. */
const CLOSE_GRACE_MS = 1_000;
const MAX_AUTH_FAILURES = 5;
/** Frames that wait while one is being worked on; beyond them, no more are read. */
const MAX_WAITING_FRAMES = 16;
/** A client that leaves this much unread is cut off, bytes. */
const MAX_UNREAD_BYTES = 1_048_576;
/** Status codes of a close (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;

export interface RetainedMessages {
  retained(filter: string): AsyncIterable<{ readonly topic: string; readonly payload: Buffer }>;
}

type Frame = Readonly<Record<string, unknown>>;

/** A message as clients get it (API reference, 7.3): `payload` is the JSON in it, or its text. */
export function messageFrame(topic: string, payload: Buffer): string {
  const text = payload.toString('utf8');
  try {
    return JSON.stringify({ topic, payload: JSON.parse(text) as unknown });
  } catch {
    return JSON.stringify({ topic, payload: text });
  }
}

/**
 * One client that speaks JSON frames (API reference, 7). Its frames are worked on one after the other, and each is answered
 * with its action, a code and a word.
 */
export class FrameSession {
  readonly #socket: WebSocket;
  readonly #watching: WatchService;
  readonly #broker: RetainedMessages;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #filters = new Set<string>();
  readonly #waiting: string[] = [];
  #watcher: Watcher | undefined;
  #authFailures = 0;
  #busy = false;
  #closed = false;
  #alive = true;
  #cancelTimer: CancelTimer;

  constructor(options: {
    socket: WebSocket;
    watching: WatchService;
    broker: RetainedMessages;
    environment: CloudEnvironment;
    log: Logger;
  }) {
    this.#socket = options.socket;
    this.#watching = options.watching;
    this.#broker = options.broker;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#cancelTimer = this.#environment.setTimer(() => {
      this.#answer('auth', new CloudError('unauthorized', 'auth was not sent in time'));
      this.close(POLICY_VIOLATION);
    }, AUTH_TIMEOUT_MS);
    this.#socket.on('message', (data) => this.#onFrame(data.toString()));
    this.#socket.on('pong', () => {
      this.#alive = true;
    });
    // Frames that break the protocol or are too large: `ws` has closed the connection with the right code.
    this.#socket.on('error', (error) => this.#log.info('websocket_error', { why: error.message }));
    this.#socket.once('close', () => this.#onClosed());
  }

  /** Passes a message on, if it is for this client. `frame` builds its frame, once for all clients. */
  deliver(topic: string, frame: () => string): void {
    if (this.#watcher === undefined || this.#closed) return;
    for (const filter of this.#filters) {
      if (!filterMatches(filter, topic)) continue;
      if (this.#isWelcome() && this.#watching.mayReceive(this.#watcher, topic)) this.#send(frame());
      return;
    }
  }

  /** Closes the connection; one whose peer does not answer is cut. May be called twice. */
  close(code = GOING_AWAY): void {
    if (this.#closed) return;
    this.#onClosed();
    this.#socket.close(code);
    this.#cancelTimer = this.#environment.setTimer(() => this.#socket.terminate(), CLOSE_GRACE_MS);
  }

  #onClosed(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#filters.clear();
    this.#waiting.length = 0;
  }

  #onFrame(text: string): void {
    if (this.#closed) return;
    this.#waiting.push(text);
    if (this.#waiting.length >= MAX_WAITING_FRAMES) this.#socket.pause();
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      await this.#handle(text);
      if (this.#socket.isPaused && this.#waiting.length === 0) this.#socket.resume();
    }
    this.#busy = false;
  }

  async #handle(text: string): Promise<void> {
    const frame = parseFrame(text);
    const action = typeof frame?.['action'] === 'string' ? frame['action'].slice(0, 32) : 'unknown';
    try {
      if (!frame) throw new CloudError('invalid_parameter', 'a frame is a JSON object');
      await this.#act(action, frame);
    } catch (error) {
      if (!(error instanceof CloudError)) this.#log.error('frame_failed', { why: (error as Error).message });
      this.#answer(action, error instanceof CloudError ? error : new CloudError('internal_error'));
      if (action === 'auth' && this.#watcher === undefined && ++this.#authFailures >= MAX_AUTH_FAILURES) {
        this.close(POLICY_VIOLATION);
      }
    }
  }

  async #act(action: string, frame: Frame): Promise<void> {
    if (action === 'auth') {
      await this.#authenticate(frame);
      return;
    }
    const watcher = this.#watcher;
    if (watcher === undefined) {
      throw new CloudError('unauthorized', 'auth comes first: {"action":"auth","token":…} with the token of a login');
    }
    if (!this.#isWelcome()) return;
    const { topic, payload } = frame;
    switch (action) {
      case 'ping':
        this.#answer(action);
        return;
      case 'subscribe':
        this.#watching.checkFilter(watcher, topic);
        if (this.#filters.size >= MAX_SUBSCRIPTIONS && !this.#filters.has(topic)) {
          throw new CloudError('too_many_requests', `at most ${MAX_SUBSCRIPTIONS} subscriptions`);
        }
        this.#filters.add(topic);
        this.#answer(action);
        await this.#sendRetained(watcher, topic);
        return;
      case 'unsubscribe':
        if (typeof topic !== 'string') throw new CloudError('invalid_parameter', 'topic must be text');
        this.#filters.delete(topic);
        this.#answer(action);
        return;
      case 'publish':
        await this.#watching.publish(watcher, topic, payload);
        this.#answer(action);
        return;
      default:
        throw new CloudError('invalid_parameter', 'action must be auth, subscribe, unsubscribe, publish or ping');
    }
  }

  /** The first time, or again with a fresh token of the same user. */
  async #authenticate(frame: Frame): Promise<void> {
    const watcher = await this.#watching.authenticate(frame);
    if (this.#closed) return;
    if (this.#watcher !== undefined && nameOf(this.#watcher) !== nameOf(watcher)) {
      throw new CloudError('forbidden', 'this connection is somebody else');
    }
    const first = this.#watcher === undefined;
    this.#watcher = watcher;
    this.#answer('auth');
    if (first) this.#checkLater();
  }

  /** What is retained on a topic is sent after the subscription, as MQTT does it, no faster than the client reads. */
  async #sendRetained(watcher: Watcher, filter: string): Promise<void> {
    for await (const { topic, payload } of this.#broker.retained(filter)) {
      if (this.#closed) return;
      if (!this.#watching.mayReceive(watcher, topic)) continue;
      await new Promise<void>((resolve) => this.#socket.send(messageFrame(topic, payload), () => resolve()));
    }
  }

  #checkLater(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#environment.setTimer(() => this.#check(), CHECK_INTERVAL_MS);
  }

  #check(): void {
    if (!this.#alive) {
      // Half open: nobody is there any more.
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    this.#socket.ping();
    if (this.#isWelcome()) this.#checkLater();
  }

  /** Whether the client's credentials still hold; where they do not, it is told so and the connection is closed. */
  #isWelcome(): boolean {
    if (this.#closed) return false;
    if (this.#watching.stillWelcome(this.#watcher!)) return true;
    this.#answer('auth', new CloudError('unauthorized', 'the credentials no longer hold'));
    this.close(POLICY_VIOLATION);
    return false;
  }

  #answer(action: string, error?: CloudError): void {
    const answer =
      error === undefined
        ? { action, code: 200, message: 'success' }
        : {
            action,
            code: error.status,
            message: error.word,
            ...(error.detail !== undefined && { detail: error.detail }),
          };
    this.#send(JSON.stringify(answer));
  }

  #send(text: string): void {
    if (this.#closed) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.#log.warn('websocket_slow_consumer', { limit: MAX_UNREAD_BYTES });
      this.#socket.terminate();
      return;
    }
    this.#socket.send(text);
  }
}

function nameOf(watcher: Watcher): string {
  return watcher.kind === 'user' ? `user ${watcher.user.userId}` : `board ${watcher.board.deviceId}`;
}

/** A frame, or undefined: for what is no JSON object, or nests deeper than any message and the frame around it. */
function parseFrame(text: string): Frame | undefined {
  return parseJsonObject(text);
}
