import { mergeByChannel } from '../core/command-merge.js';
import { badParameter, type ControlCommand, type Refusal, STALE } from '../core/control-command.js';
import { IdMemory, type RememberedAnswer } from '../core/id-memory.js';
import { isObject, parseJsonObject } from '../core/json-guard.js';
import type { Product } from '../core/product.js';
import { readPropertySet } from '../core/property-set.js';
import type { Text } from '../ports/text.js';
import { PROPERTY_GET, type ServiceAnswer } from './device-services.js';

/** Code of an answer (Alink) that is no refusal. */
const OK = 200;

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
  /** Does what a service is for, or refuses. */
  readonly serve: (service: string, params: unknown) => ServiceAnswer;
  /**
   * Sends an answer. `message`: why it was refused; `ignored`: keys that meant nothing. `service` and `data` (a JSON object)
   * are those of a service call; a property set has neither.
   */
  readonly reply: (
    id: string,
    code: number,
    message: string | undefined,
    ignored: readonly string[],
    service?: string,
    data?: string,
  ) => void;
  readonly onAccepted: (id: string) => void;
  readonly onRefused: (id: string, code: number, message: string) => void;
  readonly onMalformed: (bytes: number) => void;
}

const NONE: readonly string[] = Object.freeze([]);
const DONE: RememberedAnswer = Object.freeze({ code: OK, message: undefined });

/**
 * Takes `thing.service.property.set` messages (API reference, 5.3) from bytes to the outputs: reads, judges, answers, acts.
 * The answer says accepted or refused; the outcome is in the property post. An id is acted on at most once. Service calls
 * go by the same rules.
 */
export class CommandHandler {
  readonly #options: CommandHandlerOptions;
  readonly #memory = new IdMemory();

  constructor(options: CommandHandlerOptions) {
    this.#options = options;
  }

  /**
   * One message, `bytes[start, end)`. Never throws for what is in it.
   * @param service the service that it calls; absent: it is a property set
   */
  handle(bytes: Uint8Array, start: number, end: number, retained: boolean, service?: string): void {
    const message = this.#parse(bytes, start, end);
    const id = message === undefined ? undefined : readId(message['id']);
    if (message === undefined || id === undefined) {
      this.#options.onMalformed(end - start);
      return;
    }
    const now = this.#options.monotonicMs();
    const known = this.#memory.find(id, now);
    if (known !== undefined) {
      this.#options.reply(id, known.code, known.message, known.ignored ?? NONE, service);
      return;
    }
    const time = readTime(message['time'] ?? message['timestamp']);
    if (time === null) {
      this.#refuse(id, badParameter('time must be a number of milliseconds since 1970'), service);
      return;
    }
    if (retained || this.#isStale(time)) {
      const message = retained ? 'the command was retained by the broker' : 'the command is older than 60 s';
      this.#refuse(id, { code: STALE, message }, service);
      return;
    }
    const refusal = service === undefined ? this.#act(id, message) : this.#serve(id, message, service);
    if (refusal !== undefined) {
      this.#memory.add(id, now, refusal);
      this.#refuse(id, refusal, service);
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
      return badParameter('method must be thing.service.property.set');
    }
    if (!isObject(params)) return badParameter('params must be an object');
    const set = readPropertySet(params, product);
    if ('code' in set) return set;
    // Each is checked, also one that another for the same output takes the place of: what is wrong refuses all.
    // Index loops: on XS each `for…of` makes garbage.
    for (let i = 0; i < set.commands.length; i++) {
      const refusal = check(set.commands[i]!);
      if (refusal !== undefined) return refusal;
    }
    const commands = mergeByChannel(set.commands);
    this.#memory.add(
      id,
      this.#options.monotonicMs(),
      set.ignored.length === 0 ? DONE : { ...DONE, ignored: set.ignored },
    );
    reply(id, OK, undefined, set.ignored);
    onAccepted(id);
    for (let i = 0; i < commands.length; i++) apply(commands[i]!);
    return undefined;
  }

  #serve(id: string, message: Record<string, unknown>, service: string): Refusal | undefined {
    const { serve, reply, onAccepted, monotonicMs } = this.#options;
    const { method, params } = message;
    if (method !== undefined && method !== `thing.service.${service}`) {
      return badParameter(`method must be thing.service.${service}`);
    }
    if (params !== undefined && (typeof params !== 'object' || params === null)) {
      return badParameter('params must be an object');
    }
    const answer = serve(service, params);
    if (answer.code !== OK) return { code: answer.code, message: answer.message ?? '' };
    // Asked again, a question is answered anew: it changes nothing, and its answer is the values of the moment.
    if (service !== PROPERTY_GET) this.#memory.add(id, monotonicMs(), DONE);
    reply(id, OK, undefined, NONE, service, answer.data);
    onAccepted(id);
    answer.act?.();
    return undefined;
  }

  #refuse(id: string, { code, message, ignored = NONE }: Refusal, service?: string): void {
    this.#options.reply(id, code, message, ignored, service);
    this.#options.onRefused(id, code, message);
  }
}

/** Milliseconds or seconds since 1970, as a number or its digits; `undefined`: none is given; `null`: it is no time. */
function readTime(time: unknown): number | null | undefined {
  if (time === undefined || time === null) return undefined;
  if (typeof time === 'string') return /^[0-9]{1,16}$/.test(time) ? Number(time) : null;
  return typeof time === 'number' ? time : null;
}

/** Ids are text of up to 64 characters; a client's number is taken as its digits. */
function readId(id: unknown): string | undefined {
  if (typeof id === 'string') return id !== '' && id.length <= MAX_ID_LENGTH ? id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? String(id) : undefined;
}
