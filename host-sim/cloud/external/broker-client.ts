import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudError, CloudStartError } from '../errors.js';
import type { Logger } from '../events.js';
import { BrokerRefusal, BrokerSession, type BrokerSessionOptions } from './broker-session.js';
import type { ExternalBrokerOptions } from './options.js';

/** A broker that cannot be reached within this time of the start ends the start, ms. */
const START_WITHIN_MS = 10_000;
/** Somebody watches a start: it waits no longer than this between attempts, ms. */
const LAST_START_RETRY_MS = 1_000;
/** After all addresses were tried: the wait grows from the first to the second, and is a random part of that, ms. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** A session that lasted this long begins anew with the short waits, ms. */
const SETTLED_MS = 10_000;
/** For a broker to let a client id of somebody else be taken over, ms: it may have much to do just then. */
const TAKE_OVER_WITHIN_MS = 10_000;
/** For a broker to forget a session that nobody will go on with, ms: then the stop goes on without. */
const FORGET_WITHIN_MS = 1_000;

export interface BrokerClientOptions {
  readonly broker: ExternalBrokerOptions;
  readonly clientId: string;
  /** A later run has the same client id, and wants what the broker keeps for it meanwhile. */
  readonly goesOn: boolean;
  readonly filters: readonly string[];
  readonly environment: CloudEnvironment;
  readonly log: Logger;
  readonly onMessage: BrokerSessionOptions['onMessage'];
  /** @param hasMissed the broker has not kept what was said since the last time */
  readonly onConnected: (hasMissed: boolean) => void;
  readonly onLost: () => void;
}

/** The way to a broker: one session at a time, with whichever of its addresses answers, renewed for ever. */
export class BrokerClient {
  readonly #options: BrokerClientOptions;
  #session: BrokerSession | undefined;
  #hasSubscribed = false;
  #hasMissed = false;
  #next = 0;
  #round = 0;
  #connectedAt = 0;
  #cancelRetry: CancelTimer = () => {};
  readonly #closing = new AbortController();
  #isClosed = false;

  constructor(options: BrokerClientOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** Connects for the first time. @throws CloudStartError `broker_refused`, `broker_unreachable` */
  async open(): Promise<void> {
    const { environment } = this.#options;
    const until = environment.now() + START_WITHIN_MS;
    const late = new AbortController();
    const cancel = environment.setTimer(() => late.abort(), START_WITHIN_MS);
    try {
      await this.#openUntil(until, AbortSignal.any([late.signal, this.#closing.signal]));
    } finally {
      cancel();
    }
  }

  async #openUntil(until: number, signal: AbortSignal): Promise<void> {
    const { broker, environment } = this.#options;
    for (;;) {
      const failure = await this.#tryNext(signal);
      if (failure === undefined || this.#isClosed) return;
      const { url, error } = failure;
      // One that was tried at each address of a name has none but its code.
      const why = error.message || String((error as NodeJS.ErrnoException).code);
      if (error instanceof BrokerRefusal) {
        throw new CloudStartError(
          'broker_refused',
          `The broker at ${url} refuses the cloud: ${error.message}. Check --broker-user and SMARTLINK_BROKER_PASSWORD, and what the broker lets this account do.`,
          { url, why: error.message },
        );
      }
      if (!signal.aborted && this.#roundIsOver())
        await this.#pause(Math.min(this.#wait(), LAST_START_RETRY_MS), signal);
      // Not left to the next attempt: it would only say that it is too late.
      if (this.#isClosed) return;
      if (signal.aborted || environment.now() >= until) {
        throw new CloudStartError(
          'broker_unreachable',
          `No broker could be reached at ${broker.urls.join(', ')} in ${START_WITHIN_MS / 1000} s: ${why}.`,
          { urls: broker.urls.join(' '), why },
        );
      }
    }
  }

  /** @throws CloudError `broker_unavailable`: there is no way now, or it was lost before the broker said that it has the message */
  async publish(topic: string, payload: string, how: { readonly qos: 0 | 1; readonly retain: boolean }): Promise<void> {
    if (this.#session === undefined) throw new CloudError('broker_unavailable', 'the broker is away');
    try {
      await this.#session.publish(topic, payload, how);
    } catch (error) {
      throw new CloudError('broker_unavailable', (error as Error).message);
    }
  }

  /**
   * Connects by the client id of somebody else, whose connection the broker then ends [MQTT-3.1.4-2].
   * @throws BrokerRefusal; Error where there is no way, or no answer
   */
  async takeOver(clientId: string, signal: AbortSignal): Promise<BrokerSession> {
    if (this.#session === undefined) throw new Error('the broker is away');
    const { broker, environment } = this.#options;
    return BrokerSession.open({
      ...broker,
      url: this.#session.url,
      clientId,
      isClean: true,
      filters: [],
      hasSubscribed: false,
      answerWithinMs: TAKE_OVER_WITHIN_MS,
      signal,
      environment,
      onNewSession: () => {},
      onMessage: (_message, done) => done(),
      onClosed: () => {},
    });
  }

  /** Also gives up an attempt that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    this.#closing.abort();
    const session = this.#session;
    this.#session = undefined;
    session?.close();
    if (session && !this.#options.goesOn) await this.#forget(session.url);
  }

  /** Has a broker keep nothing for whom nobody will be again. */
  async #forget(url: string): Promise<void> {
    const { environment, log } = this.#options;
    const late = new AbortController();
    const cancel = environment.setTimer(() => late.abort(), FORGET_WITHIN_MS);
    try {
      const last = await this.#openSession(url, { isClean: true, filters: [], signal: late.signal });
      last.close();
    } catch (error) {
      log.debug('session_not_forgotten', { url, why: (error as Error).message });
    } finally {
      cancel();
    }
  }

  #openSession(url: string, how: Pick<BrokerSessionOptions, 'isClean' | 'filters' | 'signal'>): Promise<BrokerSession> {
    const { broker, clientId, environment, onMessage } = this.#options;
    return BrokerSession.open({
      url,
      clientId,
      environment,
      onMessage,
      username: broker.username,
      password: broker.password,
      ca: broker.ca,
      hasSubscribed: this.#hasSubscribed,
      // It stays new where this attempt fails before the subscriptions.
      onNewSession: () => {
        this.#hasSubscribed = false;
        this.#hasMissed = true;
      },
      onClosed: (why) => this.#lost(url, why),
      ...how,
    });
  }

  async #tryNext(signal = this.#closing.signal): Promise<{ readonly url: string; readonly error: Error } | undefined> {
    const { broker, clientId, filters, environment, log, onConnected } = this.#options;
    const url = broker.urls[this.#next]!;
    this.#next = (this.#next + 1) % broker.urls.length;
    let session: BrokerSession;
    try {
      session = await this.#openSession(url, { filters, signal });
    } catch (error) {
      log.debug('broker_not_reached', { url, why: (error as Error).message });
      return { url, error: error as Error };
    }
    if (this.#isClosed) {
      session.close();
      return undefined;
    }
    this.#hasSubscribed = true;
    this.#session = session;
    this.#connectedAt = environment.now();
    log.info('broker_connected', { url, clientId });
    const hasMissed = this.#hasMissed;
    this.#hasMissed = false;
    onConnected(hasMissed);
    return undefined;
  }

  #lost(url: string, why: string): void {
    this.#session = undefined;
    if (this.#isClosed) return;
    const { environment, log, onLost } = this.#options;
    log.warn('broker_lost', { url, why });
    // One that ends each session at once is not asked for the next at once.
    if (environment.now() - this.#connectedAt >= SETTLED_MS) this.#round = 0;
    onLost();
    this.#retryAfter(this.#wait());
  }

  #retryAfter(delayMs: number): void {
    this.#cancelRetry = this.#options.environment.setTimer(() => void this.#retry(), delayMs);
  }

  async #retry(): Promise<void> {
    const failure = await this.#tryNext();
    if (failure === undefined || this.#isClosed) return;
    if (failure.error instanceof BrokerRefusal) {
      this.#options.log.warn('broker_refuses', { url: failure.url, why: failure.error.message });
    }
    this.#retryAfter(this.#roundIsOver() ? this.#wait() : 0);
  }

  /** Ends early where that is aborted. */
  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#options.environment.setTimer(end, delayMs);
      signal.addEventListener('abort', end);
    });
  }

  #roundIsOver(): boolean {
    return this.#next === 0;
  }

  /** Half of it at least, so that the processes of a cloud do not come all at once, and none at once. */
  #wait(): number {
    const { environment } = this.#options;
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#round, 10));
    this.#round += 1;
    return longest * (0.5 + environment.randomBytes(2).readUInt16BE() / 0x20000);
  }
}
