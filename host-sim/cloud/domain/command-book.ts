import { CloudError } from '../errors.js';
import type { Command } from './command.js';

/** Commands kept for a board that is away. */
const MAX_KEPT = 16;
/** Commands that a board has not acknowledged, kept ones included; and those that its socket has not taken. */
const MAX_ON_THE_WAY = 128;
/** Callers that wait for one board. */
const MAX_WAITING = 32;
/** Commands of a board that are remembered; beyond it those go first that the board has, and nobody waits for. */
const MAX_REMEMBERED = MAX_KEPT + MAX_ON_THE_WAY;
/** Commands that a board knows again by their ids: the last so many that it got. */
const KNOWN_AGAIN = 16;

/** The open commands of all boards, each board's in the order they were given, and bounded. */
export class CommandBook {
  readonly #byDevice = new Map<string, Map<string, Command>>();
  /** How many a board was given since it last had none open, and which of them each open one is. */
  readonly #given = new Map<string, number>();
  readonly #places = new WeakMap<Command, number>();
  readonly #retryAfterS: number;

  /** @param options.retryAfterS what a caller is told who has to wait for room */
  constructor(options: { retryAfterS: number }) {
    this.#retryAfterS = options.retryAfterS;
  }

  of(deviceId: string): Iterable<Command> {
    return this.#byDevice.get(deviceId)?.values() ?? [];
  }

  get(deviceId: string, id: string): Command | undefined {
    return this.#byDevice.get(deviceId)?.get(id);
  }

  *[Symbol.iterator](): Iterator<Command> {
    for (const commands of this.#byDevice.values()) yield* commands.values();
  }

  /**
   * Checks that there is room for one more command.
   * @param command.untaken messages that the socket of the board has not taken so far, of commands that were given up too
   * @throws CloudError `too_many_requests`
   */
  checkRoom(
    deviceId: string,
    command: { readonly kept: boolean; readonly waits: boolean; readonly untaken: number },
  ): void {
    if (command.untaken >= MAX_ON_THE_WAY) throw this.#full('this device does not read what it is sent');
    let kept = 0;
    let onTheWay = 0;
    let waiting = 0;
    for (const open of this.of(deviceId)) {
      if (open.kept) kept += 1;
      if (open.waiter) waiting += 1;
      else if (!isForgettable(open)) onTheWay += 1;
    }
    if (command.kept && kept >= MAX_KEPT) throw this.#full('too many commands are kept for this device');
    if (command.waits && waiting >= MAX_WAITING) throw this.#full('too many callers wait for this device');
    if (!command.waits && onTheWay >= MAX_ON_THE_WAY) {
      throw this.#full('this device has too many commands to acknowledge');
    }
  }

  /** The command to be forgotten before another is added, if there are many: its board has it, it only was not answered. */
  oldestForgettable(deviceId: string): Command | undefined {
    const commands = this.#byDevice.get(deviceId);
    if (!commands || commands.size < MAX_REMEMBERED) return undefined;
    for (const command of commands.values()) if (isForgettable(command)) return command;
    return undefined;
  }

  add(command: Command): void {
    const commands = this.#byDevice.get(command.deviceId) ?? new Map<string, Command>();
    this.#byDevice.set(command.deviceId, commands);
    commands.set(command.id, command);
    const place = (this.#given.get(command.deviceId) ?? 0) + 1;
    this.#given.set(command.deviceId, place);
    this.#places.set(command, place);
  }

  /** Whether a board that has got an open command would know it again, and not act on it a second time. */
  isKnownAgain(command: Command): boolean {
    return this.#given.get(command.deviceId)! - this.#places.get(command)! < KNOWN_AGAIN;
  }

  /** False where it is not in the book. */
  delete(command: Command): boolean {
    const commands = this.#byDevice.get(command.deviceId);
    if (!commands?.delete(command.id)) return false;
    if (commands.size === 0) {
      this.#byDevice.delete(command.deviceId);
      this.#given.delete(command.deviceId);
    }
    return true;
  }

  clear(): void {
    this.#byDevice.clear();
    this.#given.clear();
  }

  #full(detail: string): CloudError {
    return new CloudError('too_many_requests', detail, { retryAfterS: this.#retryAfterS });
  }
}

function isForgettable(command: Command): boolean {
  return command.acknowledged && !command.kept && command.waiter === undefined;
}
