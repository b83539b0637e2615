import type { Verdict } from '../domain/board-gateway.js';
import { CHECK_INTERVAL_MS, MAX_SUBSCRIPTIONS, type UserWatcher, type WatchService } from '../domain/watching.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { Logger } from '../events.js';
import type { Connection, Said } from './connection.js';

/**
 * A user's MQTT session, with the rights of his WebSocket: he hears the boards that he may see, and what he publishes is a
 * command, which the cloud gives to the board in his name. It ends when his login does.
 */
export class UserConnection implements Connection {
  readonly #watcher: UserWatcher;
  readonly #watching: WatchService;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #close: () => void;
  readonly #filters = new Set<string>();
  #cancelCheck: CancelTimer = () => {};

  constructor(options: {
    watcher: UserWatcher;
    watching: WatchService;
    environment: CloudEnvironment;
    log: Logger;
    close: () => void;
  }) {
    this.#watcher = options.watcher;
    this.#watching = options.watching;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#close = options.close;
  }

  attach(): boolean {
    this.#log.debug('user_connected', { userId: this.#watcher.user.userId });
    return this.#check();
  }

  detach(): void {
    this.#cancelCheck();
  }

  /** A command that cannot be given is acknowledged and dropped (MQTT 3.1.1 knows no answer); a topic that is not his ends it. */
  publish({ topic, payload, isWill }: Said, judge: (verdict: Verdict) => void): void {
    if (isWill || !this.#isWelcome()) {
      // A command of somebody who has gone is no command.
      judge('close');
      return;
    }
    this.#watching.publish(this.#watcher, topic, payload.toString('utf8')).then(
      () => judge('drop'),
      (error: unknown) => judge(this.#refused('publish_refused', { topic }, error)),
    );
  }

  maySubscribe(filter: string): boolean {
    try {
      if (!this.#isWelcome()) return false;
      this.#watching.checkFilter(this.#watcher, filter);
      if (this.#filters.size >= MAX_SUBSCRIPTIONS && !this.#filters.has(filter)) {
        throw new CloudError('too_many_requests', `at most ${MAX_SUBSCRIPTIONS} subscriptions`);
      }
      this.#filters.add(filter);
      return true;
    } catch (error) {
      this.#refused('subscribe_refused', { filter }, error);
      return false;
    }
  }

  subscribed(): void {}

  unsubscribed(filters: readonly string[]): void {
    for (const filter of filters) this.#filters.delete(filter);
  }

  mayReceive(topic: string): boolean {
    return this.#isWelcome() && this.#watching.mayReceive(this.#watcher, topic);
  }

  /** Whether his login still holds; where it does not, the session is closed. */
  #isWelcome(): boolean {
    if (this.#watching.stillWelcome(this.#watcher)) return true;
    this.#close();
    return false;
  }

  /** Now and from time to time: somebody may hear and say nothing for long. */
  #check(): boolean {
    if (!this.#isWelcome()) return false;
    this.#cancelCheck = this.#environment.setTimer(() => this.#check(), CHECK_INTERVAL_MS);
    return true;
  }

  #refused(name: string, about: { topic: string } | { filter: string }, error: unknown): Verdict {
    const { userId } = this.#watcher.user;
    if (!(error instanceof CloudError)) {
      // One message of one user must not end the cloud.
      this.#log.error('publish_failed', { userId, why: (error as Error).message });
      return 'close';
    }
    const [[what, text]] = Object.entries(about) as [[string, string]];
    this.#log.warn(name, { userId, [what]: text.slice(0, 256), word: error.word });
    return error.word === 'forbidden' ? 'close' : 'drop';
  }
}
