import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { EventHub, Logger } from '../events.js';
import type { CommandStore } from '../store/command-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import { type Command, type CommandFields, type CommandTarget, commandTopic, PROPERTY_SET } from './command.js';
import { CommandBook } from './command-book.js';
import { CommandRows } from './command-rows.js';
import type { SetReply } from './messages.js';
import type { BoardLink, Sessions } from './sessions.js';

export type { CommandTarget } from './command.js';

/** How long a command lives without an answer, ms: later it would make a board jump. */
const COMMAND_LIFETIME_MS = 60_000;
/** A kept command is repeated this often until it is answered, ms. */
const REPEAT_MS = 5_000;
/** Time for a listening board to acknowledge a command, ms: most do, and then it costs no commit. */
const ACKNOWLEDGE_MS = 100;
/** Commands that go out together after the way was lost, and the time between two such waves, ms: a broker reads only so much at once. */
const WAVE = 500;
const WAVE_MS = 50;
/** Slots of processes that share a database: what their ids differ by. */
const SLOTS = 16;
/** Ids of a cloud that is alone are milliseconds, which are below it until the year 2286. */
const FIRST_SHARED_ID = 1e13;

/**
 * Property sets (API reference, 5.3) and service calls on their way to boards. A listening board gets a command at once.
 * For a board that is away it is kept for 60 s, delivered when it listens again, and repeated with the same id every 5 s until it is
 * answered; then it is dropped. A command whose session ends before the board acknowledged it is kept from then on. So is,
 * by the next run of the cloud, one that was not acknowledged when this run ended: a caller who does not wait for the board's
 * answer is told of success when the board has the command, or the database. What somebody waits for is not stored: he is
 * told himself that it failed.
 *
 * A link over a broker of somebody else's acknowledges nothing, because such a broker's PUBACK says nothing of the board. Then a board
 * has a command when it has answered it, and until then every new session of the board, every return of the way to the broker, and
 * every 5 s for a board that answers otherwise, has the command delivered again. Boards remember ids, so none is acted on twice: of
 * more commands than they remember the older ones are not repeated on a session that has had them.
 */
export class CommandService {
  readonly #sessions: Sessions;
  readonly #rows: CommandRows;
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #book = new CommandBook({ retryAfterS: REPEAT_MS / 1000 });
  /** Messages that the socket of a session has not taken. */
  readonly #untaken = new WeakMap<BoardLink, number>();
  readonly #slot: number | undefined;
  #lastId = 0;
  #isWayLost = false;
  /** What waits for its wave, in the order it was given. */
  #backlog: Command[] = [];
  #cancelWave: CancelTimer = () => {};
  #closed = false;

  constructor(options: {
    sessions: Sessions;
    store: CommandStore;
    writes: WriteBatch;
    environment: CloudEnvironment;
    events: EventHub;
    log: Logger;
    /** That of this process, where others share the database. */
    slot?: number | undefined;
  }) {
    this.#sessions = options.sessions;
    this.#rows = new CommandRows(options);
    this.#environment = options.environment;
    this.#events = options.events;
    this.#log = options.log;
    this.#slot = options.slot;
    this.#restore(this.#rows.restore());
  }

  /**
   * Sends or keeps a command; resolves once the board has it, or it is safe in the database.
   * @param waitMs when given: resolves with the board's answer, or gives the command up
   * @param service what is asked for, a property set by default
   * @throws CloudError `device_timeout`; `broker_unavailable` where nobody could be reached while it waited; `too_many_requests` where too many are kept for this board, not acknowledged by it,
   *   or waited for
   */
  async send(
    target: CommandTarget,
    params: object,
    waitMs?: number,
    service = PROPERTY_SET,
  ): Promise<SetReply | undefined> {
    if (this.#closed) throw new CloudError('device_timeout', 'the cloud is stopping');
    const link = this.#sessions.listening(target.deviceId, commandTopic(target, service));
    const command = this.#create(target, service, params, { link, waits: waitMs !== undefined });
    const result = waitMs === undefined ? this.#secure(command) : this.#answer(command, waitMs);
    if (this.#backlog.length > 0) this.#backlog.push(command);
    else if (link && !this.#isWayLost) this.#deliver(command, link);
    return result;
  }

  /** To be called when a board has subscribed: what was kept for it goes out, in order. */
  listening(link: BoardLink): void {
    if (this.#isWayLost) return;
    for (const command of this.#book.of(link.board.deviceId)) {
      if (command.kept && command.sentOn !== link && this.#listens(command, link)) this.#deliver(command, link);
    }
  }

  /** To be called when the way to all boards is lost: what is given from now on waits for its return. */
  wayLost(): void {
    this.#isWayLost = true;
    this.#endWaves();
  }

  /**
   * To be called when the way to all boards was lost and is back, and no board can say what it has missed: what is not answered
   * goes out again, with the same id.
   */
  wayReturned(): void {
    this.#isWayLost = false;
    this.#endWaves();
    this.#backlog = [...this.#book];
    this.#nextWave();
  }

  /** To be called when a session of a board has ended. */
  connectionEnded(link: BoardLink): void {
    for (const command of this.#book.of(link.board.deviceId)) {
      if (command.sentOn !== link) continue;
      command.sentOn = undefined;
      command.cancelRepeat?.();
      command.cancelRepeat = undefined;
      // What the board has, it must not get twice unasked.
      if (!command.acknowledged) command.kept = true;
      command.onSettled?.();
    }
  }

  /** Takes a board's answer; one to a command that is not open (any more) is only logged. */
  answered(deviceId: string, reply: SetReply): void {
    const command = this.#book.get(deviceId, reply.id);
    if (!command) {
      this.#log.debug('reply_unmatched', { deviceId, id: reply.id });
      return;
    }
    const { waiter } = command;
    this.#forget(command);
    this.#events.emit('commandAnswered', { deviceId, id: reply.id, code: reply.code, at: this.#environment.now() });
    waiter?.resolve(reply);
  }

  /** The devices that have open commands. */
  devices(): string[] {
    return [...new Set([...this.#book].map(({ deviceId }) => deviceId))];
  }

  /** Drops everything for a device. */
  dropAll(deviceId: string): void {
    for (const command of [...this.#book.of(deviceId)]) this.#drop(command);
  }

  /** Looks after the commands of a process that is gone, whose callers may have been told of success: they go out, or wait. */
  adopt(slot: number): void {
    const adopted = this.#restore(this.#rows.adopt(slot));
    if (this.#isWayLost) return;
    this.#cancelWave();
    this.#backlog.push(...adopted);
    this.#nextWave();
  }

  /** Stops all timers; callers that still wait get `device_timeout`. What others were told of is in the database then. */
  close(): void {
    this.#closed = true;
    this.#endWaves();
    for (const command of this.#book) {
      command.cancelExpiry();
      command.cancelRepeat?.();
      command.onSettled?.();
      command.waiter?.reject(new CloudError('device_timeout', 'the cloud is stopping'));
    }
    this.#book.clear();
  }

  /** Those of them that are not in the book and not too old, which are kept from now on. */
  #restore(rows: readonly CommandFields[]): Command[] {
    const restored: Command[] = [];
    for (const fields of rows) {
      if (this.#book.get(fields.deviceId, fields.id)) continue;
      if (this.#isOwn(Number(fields.id))) this.#lastId = Math.max(this.#lastId, Number(fields.id));
      const command = this.#open(fields);
      command.stored = true;
      command.kept = true;
      // What became too old meanwhile is dropped like any other, and told as such.
      if (fields.createdAt + COMMAND_LIFETIME_MS <= this.#environment.now()) this.#drop(command);
      else restored.push(command);
    }
    return restored;
  }

  /** An id that no board has seen: digits, which grow over restarts too, because a board remembers those that it has seen. */
  newId(): string {
    const now = this.#environment.now();
    const next = this.#slot === undefined ? now : now * SLOTS + this.#slot;
    this.#lastId = Math.max(this.#lastId + (this.#slot === undefined ? 1 : SLOTS), next);
    return String(this.#lastId);
  }

  /** Whether this process, or one in its place, made an id like this. */
  #isOwn(id: number): boolean {
    return this.#slot === undefined ? id < FIRST_SHARED_ID : id >= FIRST_SHARED_ID && id % SLOTS === this.#slot;
  }

  #create(
    target: CommandTarget,
    service: string,
    params: object,
    { link, waits }: { link: BoardLink | undefined; waits: boolean },
  ): Command {
    const { deviceId } = target;
    // While the way is lost sessions end that this command never saw.
    const kept = link === undefined || this.#isWayLost;
    this.#book.checkRoom(deviceId, { kept, waits, untaken: (link && this.#untaken.get(link)) ?? 0 });
    const forgettable = this.#book.oldestForgettable(deviceId);
    if (forgettable) this.#forget(forgettable);
    const createdAt = this.#environment.now();
    const command = this.#open({ ...target, id: this.newId(), service, params, createdAt });
    command.kept = kept;
    return command;
  }

  #open(fields: CommandFields): Command {
    const lifeLeftMs = Math.min(
      COMMAND_LIFETIME_MS,
      Math.max(0, fields.createdAt + COMMAND_LIFETIME_MS - this.#environment.now()),
    );
    const command: Command = {
      ...fields,
      stored: false,
      over: false,
      kept: false,
      acknowledged: false,
      onSettled: undefined,
      deliveries: 0,
      sentOn: undefined,
      cancelExpiry: this.#environment.setTimer(() => this.#drop(command), lifeLeftMs),
      cancelRepeat: undefined,
      waiter: undefined,
    };
    this.#book.add(command);
    return command;
  }

  #answer(command: Command, waitMs: number): Promise<SetReply> {
    return new Promise((resolve, reject) => {
      // The caller is told that it failed, so the command must not act later.
      const cancel = this.#environment.setTimer(() => this.#drop(command), waitMs);
      command.waiter = {
        resolve: (reply) => {
          cancel();
          resolve(reply);
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      };
    });
  }

  /** Resolves once nothing is lost where the cloud is killed: the board has the command, or the database. */
  async #secure(command: Command): Promise<undefined> {
    if (!command.kept) await this.#settled(command);
    if (command.acknowledged || command.over) return;
    try {
      await this.#rows.add(command);
    } catch (error) {
      this.#forget(command);
      throw error;
    }
  }

  #settled(command: Command): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        command.onSettled = undefined;
        cancel();
        resolve();
      };
      const cancel = this.#environment.setTimer(settle, ACKNOWLEDGE_MS);
      command.onSettled = settle;
    });
  }

  /** Nobody waits for the end of a delivery: a board that does not read would hold him up for as long as the broker bears it. */
  #deliver(command: Command, link: BoardLink): void {
    const { deviceId, id, service, params, createdAt } = command;
    const repeated = command.deliveries > 0;
    const before = command.sentOn;
    command.deliveries += 1;
    command.sentOn = link;
    if (command.kept || link.unanswered) this.#repeatLater(command, link);
    const message = JSON.stringify({ method: `thing.service.${service}`, id, params, time: createdAt });
    // Not retained: a board must not get old commands with its subscription.
    const how = { qos: 1, retain: false, onAcknowledged: () => this.#acknowledged(command) } as const;
    this.#count(link, 1);
    link
      .publish(commandTopic(command, service), message, how)
      .then(
        () => this.#events.emit('commandSent', { deviceId, id, params, repeated, at: this.#environment.now() }),
        (error: Error) => {
          this.#log.info('command_not_delivered', { deviceId, id, why: error.message });
          this.#notTaken(command, link, before);
        },
      )
      .finally(() => this.#count(link, -1));
  }

  /** Its session may be about to end, or last: a broker of somebody else's may have had no room. */
  #notTaken(command: Command, link: BoardLink, before: BoardLink | undefined): void {
    if (command.sentOn !== link || command.acknowledged || command.over) return;
    command.sentOn = before;
    if (command.kept) return;
    command.kept = true;
    command.onSettled?.();
    this.#repeatLater(command, link);
  }

  #repeatLater(command: Command, link: BoardLink): void {
    command.cancelRepeat?.();
    command.cancelRepeat = this.#environment.setTimer(() => {
      if (this.#isWayLost || !this.#listens(command, link)) return;
      const mayRepeat = link.unanswered?.() ?? true;
      // It would be acted on a second time where only its answer is late.
      if (link.unanswered && command.sentOn === link && !this.#book.isKnownAgain(command)) return;
      if (command.kept || mayRepeat) this.#deliver(command, link);
    }, REPEAT_MS);
  }

  #nextWave(): void {
    for (const command of this.#backlog.splice(0, WAVE)) {
      const link = this.#sessions.listening(command.deviceId, commandTopic(command, command.service));
      if (!link || command.over) continue;
      command.cancelRepeat?.();
      this.#deliver(command, link);
    }
    if (this.#backlog.length > 0) this.#cancelWave = this.#environment.setTimer(() => this.#nextWave(), WAVE_MS);
  }

  #endWaves(): void {
    this.#cancelWave();
    this.#backlog = [];
  }

  #count(link: BoardLink, change: 1 | -1): void {
    this.#untaken.set(link, (this.#untaken.get(link) ?? 0) + change);
  }

  #acknowledged(command: Command): void {
    command.acknowledged = true;
    command.onSettled?.();
    // A kept one is repeated until it is answered.
    if (!command.kept) this.#rows.remove(command);
  }

  #listens(command: Command, link: BoardLink): boolean {
    return this.#sessions.listening(command.deviceId, commandTopic(command, command.service)) === link;
  }

  #drop(command: Command): void {
    const { deviceId, id, waiter } = command;
    if (!this.#forget(command)) return;
    this.#log.info('command_dropped', { deviceId, id });
    this.#events.emit('commandDropped', { deviceId, id, at: this.#environment.now() });
    waiter?.reject(
      this.#isWayLost
        ? new CloudError('broker_unavailable', 'the message broker was away, so the device did not get it')
        : new CloudError('device_timeout', 'the device did not answer'),
    );
  }

  #forget(command: Command): boolean {
    if (!this.#book.delete(command)) return false;
    command.over = true;
    command.onSettled?.();
    command.cancelExpiry();
    command.cancelRepeat?.();
    this.#rows.remove(command);
    return true;
  }
}
