import crypto, { type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import type { VirtualTime } from '../world/virtual-time.js';
import { drawEcKeys, rsaKeysAt, signAlike } from './seeded-keys.js';
import { SeededRandom } from './seeded-random.js';

/** What the replaced functions of Node are for one world. */
interface Present {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
}

/** What `crypto.sign` takes. */
type SigningKey = Parameters<typeof crypto.sign>[2];

/** Immediates at one instant after which there is no end in sight: something sets itself up again and again. */
const MOST_IMMEDIATES = 100_000;
/** Turns that are asked for at a time: Node drains ticks and microtasks after each, and asks the system for news once for all. */
const TURNS_AT_A_TIME = 64;

/**
 * Node's clocks, timers and random numbers, replaced for a whole process by those of a virtual world. For processes that run
 * nothing else; `install` goes before the imports of whatever is to live in that world. `nextTick`, microtasks and
 * promises stay Node's own: they need no time. Nothing that leaves the thread (scrypt, `crypto.subtle`, files) may be
 * awaited in such a world, and what would wait in real time is refused.
 */
export class NodeTime {
  readonly #realImmediate = setImmediate;
  readonly #RealDate = Date;
  #present: Present | undefined;
  #immediates: (() => void)[] = [];
  /** RSA keys that the world has asked for. */
  #rsaKeys = 0;

  /** Replaces everything, once. */
  install(): void {
    this.#installTimers();
    this.#installClocks();
    this.#installRandom();
    this.#installKeys();
    syncBuiltinESMExports();
  }

  /** From now on it is this world's time; timers of the world before never fire. */
  enter(time: VirtualTime, random: SeededRandom): void {
    this.#present = { time, random };
    this.#immediates = [];
    this.#rsaKeys = 0;
  }

  /**
   * Lets `ms` of the world pass, or until `wanted` (asked after every event): one event at a time, and whatever follows from
   * it without time before the next.
   */
  pass(ms: number, wanted: () => boolean = () => false): Promise<void> {
    const { time } = this.#present!;
    const untilMs = time.nowMs + ms;
    return new Promise((resolve, reject) => {
      let restless = 0;
      let isOver = false;
      let turnsLeft = 0;
      const askForTurns = (): void => {
        for (turnsLeft = 0; turnsLeft < TURNS_AT_A_TIME; turnsLeft++) this.#realImmediate(turn);
      };
      // Each call is a turn of the real event loop: before the next, ticks and microtasks are through, in Node's own order.
      const turn = (): void => {
        if (isOver) return;
        turnsLeft--;
        try {
          const immediate = this.#immediates.shift();
          if (immediate === undefined) {
            restless = 0;
            do {
              if (wanted() || !time.step(untilMs)) {
                isOver = true;
                resolve();
                return;
              }
            } while (time.isCalm);
          } else if (++restless > MOST_IMMEDIATES) {
            throw new Error(`the world does not come to rest at ${time.nowMs} ms`);
          } else immediate();
          if (turnsLeft === 0) askForTurns();
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      askForTurns();
    });
  }

  /** The value of a promise that the world keeps; lets time pass for it, `maxMs` at most. */
  async until<T>(promise: Promise<T>, maxMs: number): Promise<T> {
    let over = false;
    const watched = promise.finally(() => {
      over = true;
    });
    watched.catch(() => {});
    await this.pass(maxMs, () => over);
    if (!over) throw new Error(`nothing came of it within ${maxMs} ms of the world`);
    return watched;
  }

  #time(): VirtualTime {
    if (this.#present === undefined) throw new Error('there is no world yet whose time it could be');
    return this.#present.time;
  }

  #random(): SeededRandom {
    if (this.#present === undefined) throw new Error('there is no world yet to draw from');
    return this.#present.random;
  }

  #installTimers(): void {
    const time = () => this.#time();
    const set = (callback: (...passed: unknown[]) => void, delayMs = 0, ...passed: unknown[]) =>
      new NodeTimeout(time(), callback, delayMs, passed, false);
    const repeat = (callback: (...passed: unknown[]) => void, intervalMs = 0, ...passed: unknown[]) =>
      new NodeTimeout(time(), callback, intervalMs, passed, true);
    const clear = (timeout: unknown): void => {
      if (timeout instanceof NodeTimeout) timeout.close();
    };
    const soon = (callback: (...passed: unknown[]) => void, ...passed: unknown[]) => {
      const immediate = new NodeImmediate(callback, passed);
      this.#immediates.push(() => immediate.run());
      return immediate;
    };
    const clearSoon = (immediate: unknown): void => {
      if (immediate instanceof NodeImmediate) immediate.close();
    };
    const replaced = {
      setTimeout: set,
      setInterval: repeat,
      setImmediate: soon,
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clearSoon,
    };
    Object.assign(globalThis, replaced);
    Object.assign(timers, replaced);
    const refused = () => {
      throw new Error('this waits in real time, and a virtual world has none');
    };
    Object.assign(timersPromises, { setTimeout: refused, setInterval: refused, setImmediate: refused });
    Object.assign(AbortSignal, { timeout: refused });
  }

  #installClocks(): void {
    const Real = this.#RealDate;
    const nowMs = () => this.#present?.time.clock.nowMs() ?? 0;
    const elapsedMs = () => this.#present?.time.nowMs ?? 0;
    const VirtualDate = function (this: unknown, ...parts: unknown[]): unknown {
      if (new.target === undefined) return new Real(nowMs()).toString();
      return Reflect.construct(Real, parts.length === 0 ? [nowMs()] : parts, new.target);
    } as unknown as DateConstructor;
    Object.defineProperties(VirtualDate, {
      prototype: { value: Real.prototype },
      now: { value: nowMs },
      parse: { value: Real.parse },
      UTC: { value: Real.UTC },
    });
    Object.setPrototypeOf(VirtualDate, Real);
    globalThis.Date = VirtualDate;
    performance.now = elapsedMs;
    const nanoseconds = () => BigInt(elapsedMs()) * 1_000_000n;
    const hrtime = () => [Math.floor(elapsedMs() / 1_000), (elapsedMs() % 1_000) * 1_000_000] as [number, number];
    process.hrtime = Object.assign(hrtime, { bigint: nanoseconds });
    process.uptime = () => elapsedMs() / 1_000;
  }

  #installRandom(): void {
    const realBytes = crypto.randomBytes;
    const bytes = (size: number, done?: (error: Error | null, bytes: Buffer) => void): Buffer | undefined => {
      const drawn = this.#present === undefined ? realBytes(size) : this.#random().bytes(size);
      if (done === undefined) return drawn;
      process.nextTick(done, null, drawn);
      return undefined;
    };
    const uuid = () => {
      const hex = bytes(16)!.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    };
    Object.assign(crypto, { randomBytes: bytes, randomUUID: uuid });
    Math.random = () => (this.#present === undefined ? 0.5 : this.#random().fraction());
  }

  /** Keys and signatures are random numbers too: they follow from the world's, so that certificates are the same byte for byte. */
  #installKeys(): void {
    const { generateKeyPairSync, sign } = crypto;
    Object.assign(crypto, {
      generateKeyPairSync: (type: string, options: object) =>
        type === 'ec'
          ? drawEcKeys(this.#random())
          : generateKeyPairSync(type as 'rsa', options as { modulusLength: number }),
      generateKeyPair: (_type: 'rsa', _options: object, done: (error: null, ...keys: KeyObject[]) => void) => {
        // They take long to make, and what is done with them is the same in every world.
        const { publicKey, privateKey } = rsaKeysAt(this.#rsaKeys++, (place) => new SeededRandom(place));
        process.nextTick(done, null, publicKey, privateKey);
      },
      sign: (algorithm: string, message: Uint8Array, key: SigningKey) => {
        const { key: own = key, dsaEncoding } = key as Partial<SignKeyObjectInput>;
        return (
          (own instanceof crypto.KeyObject && signAlike(message, own, dsaEncoding)) || sign(algorithm, message, key)
        );
      },
    });
  }
}

/** A timer as Node's `setTimeout` and `setInterval` give it, in virtual time. */
class NodeTimeout {
  readonly #time: VirtualTime;
  readonly #fire: () => void;
  readonly #delayMs: number;
  readonly #repeats: boolean;
  #handle: unknown;

  constructor(
    time: VirtualTime,
    callback: (...passed: unknown[]) => void,
    delayMs: number,
    passed: readonly unknown[],
    repeats: boolean,
  ) {
    this.#time = time;
    this.#fire = () => callback(...passed);
    // As Node does it: at least 1 ms, and whole ones.
    this.#delayMs = delayMs >= 1 && delayMs <= 0x7fff_ffff ? Math.trunc(delayMs) : 1;
    this.#repeats = repeats;
    this.refresh();
  }

  refresh(): this {
    this.close();
    const { timer } = this.#time;
    this.#handle = this.#repeats ? timer.repeat(this.#fire, this.#delayMs) : timer.set(this.#fire, this.#delayMs);
    return this;
  }

  close(): void {
    this.#time.timer.clear(this.#handle);
    this.#handle = undefined;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** An immediate as Node's `setImmediate` gives it. */
class NodeImmediate {
  #callback: (() => void) | undefined;

  constructor(callback: (...passed: unknown[]) => void, passed: readonly unknown[]) {
    this.#callback = () => callback(...passed);
  }

  run(): void {
    this.#callback?.();
  }

  close(): void {
    this.#callback = undefined;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
