import type { ControlCommand, Refusal } from '../core/control-command.js';
import { IdMemory } from '../core/id-memory.js';
import { isObject, parseJsonObject } from '../core/json-guard.js';
import type { Product } from '../core/product.js';
import type { Text } from '../ports/text.js';
import { readPropertySet } from './property-set.js';

/** Codes of an answer (Alink). 100000–110000 are the device's own. */
const OK = 200;
const BAD_PARAMETER = 460;
const STALE = 100_001;

/** A command older than this is not acted on, ms. */
const STALE_AFTER_MS = 60_000;
const MAX_ID_LENGTH = 64;
/** Smaller times are seconds: as milliseconds they would lie in 1973. */
const SECONDS_BELOW = 1e11;

export interface CommandHandlerOptions {
  readonly text: Text;
  readonly product: Product;
  readonly monotonicMs: () => number;
  /** Wall time, or `undefined` while it is not known. */
  readonly wallMs: () => number | undefined;
  readonly check: (command: ControlCommand) => Refusal | undefined;
  readonly apply: (command: ControlCommand) => void;
  /** Sends an answer. `message`: why it was refused; `ignored`: keys that meant nothing. */
  readonly reply: (id: string, code: number, message: string | undefined, ignored: readonly string[]) => void;
  readonly onAccepted: (id: string) => void;
  readonly onRefused: (id: string, code: number, message: string) => void;
  readonly onMalformed: (bytes: number) => void;
}

const NONE: readonly string[] = Object.freeze([]);

/**
 * Takes `thing.service.property.set` messages (API reference, 5.3) from bytes to the outputs: reads, judges, answers, acts.
 * The answer says accepted or refused; the outcome is in the property post. An id is acted on at most once.
 */
export class CommandHandler {
  readonly #options: CommandHandlerOptions;
  readonly #memory = new IdMemory();

  constructor(options: CommandHandlerOptions) {
    this.#options = options;
  }

  /** One message, `bytes[start, end)`. Never throws for what is in it. */
  handle(bytes: Uint8Array, start: number, end: number, retained: boolean): void {
    const message = this.#parse(bytes, start, end);
    const id = message === undefined ? undefined : readId(message['id']);
    if (message === undefined || id === undefined) {
      this.#options.onMalformed(end - start);
      return;
    }
    const now = this.#options.monotonicMs();
    const known = this.#memory.find(id, now);
    if (known !== undefined) {
      this.#options.reply(id, known.code, known.message, NONE);
      return;
    }
    const time = message['time'] ?? message['timestamp'] ?? undefined;
    if (time !== undefined && typeof time !== 'number') {
      this.#refuse(id, BAD_PARAMETER, 'time must be a number of milliseconds since 1970');
      return;
    }
    if (retained || this.#isStale(time)) {
      this.#refuse(id, STALE, retained ? 'the command was retained by the broker' : 'the command is older than 60 s');
      return;
    }
    const refusal = this.#act(id, message);
    if (refusal !== undefined) {
      this.#memory.add(id, now, refusal);
      this.#refuse(id, refusal.code, refusal.message);
    }
  }

  #parse(bytes: Uint8Array, start: number, end: number): Record<string, unknown> | undefined {
    let text: string;
    try {
      text = this.#options.text.decode(bytes, start, end);
    } catch {
      return undefined;
    }
    return parseJsonObject(text);
  }

  #isStale(time: number | undefined): boolean {
    const now = this.#options.wallMs();
    if (time === undefined || now === undefined) return false;
    return now - (time < SECONDS_BELOW ? time * 1_000 : time) > STALE_AFTER_MS;
  }

  #act(id: string, message: Record<string, unknown>): Refusal | undefined {
    const { product, check, apply, reply, onAccepted } = this.#options;
    const { method, params } = message;
    if (method !== undefined && method !== 'thing.service.property.set') {
      return { code: BAD_PARAMETER, message: 'method must be thing.service.property.set' };
    }
    if (!isObject(params)) return { code: BAD_PARAMETER, message: 'params must be an object' };
    const set = readPropertySet(params, product);
    if ('code' in set) return set;
    for (const command of set.commands) {
      const refusal = check(command);
      if (refusal !== undefined) return refusal;
    }
    this.#memory.add(id, this.#options.monotonicMs(), { code: OK, message: undefined });
    reply(id, OK, undefined, set.ignored);
    onAccepted(id);
    for (const command of set.commands) apply(command);
    return undefined;
  }

  #refuse(id: string, code: number, message: string): void {
    this.#options.reply(id, code, message, NONE);
    this.#options.onRefused(id, code, message);
  }
}

/** Ids are text of up to 64 characters; a client's number is taken as its digits. */
function readId(id: unknown): string | undefined {
  if (typeof id === 'string') return id.length > 0 && id.length <= MAX_ID_LENGTH ? id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? String(id) : undefined;
}
