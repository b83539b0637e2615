import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { EventHub, Logger } from '../events.js';
import type { CommandStore } from '../store/command-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { SetReply } from './messages.js';
import type { BoardLink, Sessions } from './sessions.js';
import { serviceTopic, topicRoot } from './topics.js';

/** How long a command lives without an answer, ms: later it would make a board jump. */
export const COMMAND_LIFETIME_MS = 60_000;
/** A kept command is repeated this often until it is answered, ms. */
export const REPEAT_MS = 5_000;
/** Commands kept for a board that is away. */
const MAX_KEPT = 16;
/** Commands delivered and not yet answered that are remembered of a board. */
const MAX_TRACKED = 128;

/** The service that a control command is. */
export const PROPERTY_SET = 'property.set';

/** The device that a command is for. */
export interface CommandTarget {
  readonly deviceId: string;
  readonly productKey: string;
  readonly deviceSeq: number;
}

interface Command extends CommandTarget {
  readonly id: string;
  /** What is asked for: `thing.service.{service}` (Alink). */
  readonly service: string;
  readonly params: object;
  readonly createdAt: number;
  /** Kept: repeated until answered, on this session and the next ones. Otherwise it was handed to a listening board, once. */
  kept: boolean;
  deliveries: number;
  /** The session it was last sent on. */
  sentOn: BoardLink | undefined;
  /** Which message at QoS 1 of that session it was first, from 0. */
  message: number;
  cancelExpiry: CancelTimer;
  cancelRepeat: CancelTimer | undefined;
  waiter: { readonly resolve: (reply: SetReply) => void; readonly reject: (error: Error) => void } | undefined;
}

/**
 * Messages at QoS 1 of one session. A board acknowledges them in order ([MQTT-4.6.0-2]), so their numbers tell which it has,
 * however many they are and whatever became of the commands that they carried.
 */
interface Traffic {
  sent: number;
  acknowledged: number;
}

/**
 * Property sets (API reference, 5.3) and service calls on their way to boards. A listening board gets a command at once.
 * For a board that is away it is kept for 60 s, delivered when it listens again, and repeated with the same id every 5 s until it is
 * answered; then it is dropped. A command whose session ends before the board acknowledged it is kept from then on. Property
 * sets are kept in the database too; a service call is not worth more than this run of the cloud.
 */
export class CommandService {
  readonly #sessions: Sessions;
  readonly #store: CommandStore;
  readonly #writes: WriteBatch;
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #byDevice = new Map<string, Map<string, Command>>();
  readonly #traffic = new WeakMap<BoardLink, Traffic>();
  #lastId = 0;
  #closed = false;

  constructor(options: {
    sessions: Sessions;
    store: CommandStore;
    writes: WriteBatch;
    environment: CloudEnvironment;
    events: EventHub;
    log: Logger;
  }) {
    this.#sessions = options.sessions;
    this.#store = options.store;
    this.#writes = options.writes;
    this.#environment = options.environment;
    this.#events = options.events;
    this.#log = options.log;
    this.#restore();
  }

  /**
   * Sends or keeps a command; resolves once the broker has it, or it is safe in the database.
   * @param waitMs when given: resolves with the board's answer, or gives the command up
   * @param service what is asked for, a property set by default
   * @throws CloudError `device_timeout`; `too_many_requests` where too many are kept for this board
   */
  async send(
    target: CommandTarget,
    params: object,
    waitMs?: number,
    service = PROPERTY_SET,
  ): Promise<SetReply | undefined> {
    if (this.#closed) throw new CloudError('device_timeout', 'the cloud is stopping');
    const link = this.#sessions.listening(target.deviceId, commandTopic(target, service));
    const command = this.#create(target, service, params, link === undefined);
    const answer = waitMs === undefined ? undefined : this.#answer(command, waitMs);
    // Told through `answer`; delivery itself must not make an unhandled rejection of it.
    answer?.catch(() => {});
    if (link) await this.#deliver(command, link);
    else this.#keep(command);
    return answer;
  }

  /** To be called when a board has subscribed: what was kept for it goes out, in order. */
  listening(link: BoardLink): void {
    for (const command of this.#byDevice.get(link.board.deviceId)?.values() ?? []) {
      if (command.kept && command.sentOn !== link && this.#listens(command, link)) void this.#deliver(command, link);
    }
  }

  /** To be called when a session of a board has ended. */
  connectionEnded(link: BoardLink): void {
    const { acknowledged } = this.#trafficOf(link);
    for (const command of this.#byDevice.get(link.board.deviceId)?.values() ?? []) {
      if (command.sentOn !== link) continue;
      command.sentOn = undefined;
      command.cancelRepeat?.();
      command.cancelRepeat = undefined;
      // What the board has, it must not get twice unasked.
      if (command.kept || command.message < acknowledged) continue;
      command.kept = true;
      this.#writes.add(() => this.#insert(command));
    }
  }

  /** To be called when a board acknowledged a message at QoS 1 (PUBACK). */
  acknowledged(link: BoardLink): void {
    this.#trafficOf(link).acknowledged += 1;
  }

  /** Takes a board's answer; one to a command that is not open (any more) is only logged. */
  answered(deviceId: string, reply: SetReply): void {
    const command = this.#byDevice.get(deviceId)?.get(reply.id);
    if (!command) {
      this.#log.debug('reply_unmatched', { deviceId, id: reply.id });
      return;
    }
    const { waiter } = command;
    this.#forget(command);
    this.#events.emit('commandAnswered', { deviceId, id: reply.id, code: reply.code, at: this.#environment.now() });
    waiter?.resolve(reply);
  }

  /** Drops everything for a device. */
  dropAll(deviceId: string): void {
    for (const command of [...(this.#byDevice.get(deviceId)?.values() ?? [])]) this.#drop(command);
  }

  /** Stops all timers; callers that still wait get `device_timeout`. What is kept stays in the database. */
  close(): void {
    this.#closed = true;
    for (const commands of this.#byDevice.values()) {
      for (const command of commands.values()) {
        command.cancelExpiry();
        command.cancelRepeat?.();
        command.waiter?.reject(new CloudError('device_timeout', 'the cloud is stopping'));
      }
    }
    this.#byDevice.clear();
  }

  #restore(): void {
    const now = this.#environment.now();
    this.#store.prune(now - COMMAND_LIFETIME_MS);
    for (const row of this.#store.all()) {
      this.#lastId = Math.max(this.#lastId, Number(row.command_id));
      this.#track({
        deviceId: row.device_id,
        productKey: row.product_key,
        deviceSeq: row.device_seq,
        id: row.command_id,
        service: PROPERTY_SET,
        params: JSON.parse(row.params) as object,
        createdAt: row.created_at,
        kept: true,
      });
    }
  }

  #create(target: CommandTarget, service: string, params: object, kept: boolean): Command {
    const commands = this.#byDevice.get(target.deviceId);
    if (kept && count(commands, (command) => command.kept) >= MAX_KEPT) {
      throw new CloudError('too_many_requests', 'too many commands are kept for this device', {
        retryAfterS: REPEAT_MS / 1000,
      });
    }
    if (commands && commands.size >= MAX_KEPT + MAX_TRACKED) this.#forgetOldestDelivered(commands);
    const createdAt = this.#environment.now();
    // Digits, unique per board over restarts too, because a board remembers the ids that it has seen.
    this.#lastId = Math.max(this.#lastId + 1, createdAt);
    return this.#track({ ...target, id: String(this.#lastId), service, params, createdAt, kept });
  }

  #track(fields: CommandTarget & Pick<Command, 'id' | 'service' | 'params' | 'createdAt' | 'kept'>): Command {
    const lifeLeftMs = Math.min(
      COMMAND_LIFETIME_MS,
      Math.max(0, fields.createdAt + COMMAND_LIFETIME_MS - this.#environment.now()),
    );
    const command: Command = {
      ...fields,
      deliveries: 0,
      sentOn: undefined,
      message: 0,
      cancelExpiry: this.#environment.setTimer(() => this.#drop(command), lifeLeftMs),
      cancelRepeat: undefined,
      waiter: undefined,
    };
    const commands = this.#byDevice.get(fields.deviceId) ?? new Map<string, Command>();
    this.#byDevice.set(fields.deviceId, commands);
    commands.set(command.id, command);
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

  async #deliver(command: Command, link: BoardLink): Promise<void> {
    const repeated = command.deliveries > 0;
    command.deliveries += 1;
    const traffic = this.#trafficOf(link);
    if (command.sentOn !== link) command.message = traffic.sent;
    command.sentOn = link;
    traffic.sent += 1;
    if (command.kept) {
      command.cancelRepeat = this.#environment.setTimer(() => {
        if (this.#listens(command, link)) void this.#deliver(command, link);
      }, REPEAT_MS);
    }
    const message = {
      method: `thing.service.${command.service}`,
      id: command.id,
      params: command.params,
      time: command.createdAt,
    };
    try {
      // Not retained: a board must not get old commands with its subscription.
      await link.publish(commandTopic(command, command.service), JSON.stringify(message), { qos: 1, retain: false });
    } catch (error) {
      // The session is ending; its end makes this a kept command.
      this.#log.info('command_not_delivered', {
        deviceId: command.deviceId,
        id: command.id,
        why: (error as Error).message,
      });
      return;
    }
    const { deviceId, id, params } = command;
    this.#events.emit('commandSent', { deviceId, id, params, repeated, at: this.#environment.now() });
  }

  #keep(command: Command): void {
    try {
      this.#insert(command);
    } catch (error) {
      this.#forget(command);
      throw error;
    }
  }

  #trafficOf(link: BoardLink): Traffic {
    const traffic = this.#traffic.get(link) ?? { sent: 0, acknowledged: 0 };
    this.#traffic.set(link, traffic);
    return traffic;
  }

  #listens(command: Command, link: BoardLink): boolean {
    return this.#sessions.listening(command.deviceId, commandTopic(command, command.service)) === link;
  }

  #insert(command: Command): void {
    if (command.service !== PROPERTY_SET) return;
    const { deviceSeq, id, createdAt } = command;
    this.#store.insert({ deviceSeq, id, params: JSON.stringify(command.params), createdAt });
  }

  #drop(command: Command): void {
    const { deviceId, id, waiter } = command;
    if (!this.#forget(command)) return;
    this.#log.info('command_dropped', { deviceId, id });
    this.#events.emit('commandDropped', { deviceId, id, at: this.#environment.now() });
    waiter?.reject(new CloudError('device_timeout', 'the device did not answer'));
  }

  #forget(command: Command): boolean {
    const commands = this.#byDevice.get(command.deviceId);
    if (this.#closed || !commands?.delete(command.id)) return false;
    if (commands.size === 0) this.#byDevice.delete(command.deviceId);
    command.cancelExpiry();
    command.cancelRepeat?.();
    if (command.kept && command.service === PROPERTY_SET) {
      this.#writes.add(() => this.#store.delete(command.deviceSeq, command.id));
    }
    return true;
  }

  #forgetOldestDelivered(commands: Map<string, Command>): void {
    for (const command of commands.values()) {
      if (command.kept || command.waiter) continue;
      this.#forget(command);
      return;
    }
  }
}

function commandTopic({ productKey, deviceId }: CommandTarget, service: string): string {
  return serviceTopic(topicRoot(productKey, deviceId), service);
}

function count(commands: Map<string, Command> | undefined, fits: (command: Command) => boolean): number {
  let found = 0;
  for (const command of commands?.values() ?? []) if (fits(command)) found += 1;
  return found;
}
