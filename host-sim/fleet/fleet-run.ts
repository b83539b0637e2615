import { ActivationDesk } from './activation-desk.js';
import { BrokerDriver } from './broker-driver.js';
import { Chaos } from './chaos.js';
import { CloudDriver } from './cloud-driver.js';
import { Crews } from './crews.js';
import type { Driver, DriverEvents } from './driver.js';
import type { FleetOptions, Phase, Snapshot } from './fleet-options.js';
import { Leftovers } from './leftovers.js';
import { Load } from './load.js';
import { type Probe, probeOf } from './probe.js';
import { type FleetResult, resultOf } from './result.js';
import { indicesOf } from './shard.js';
import { Tally } from './tally.js';
import { Usage } from './usage.js';

/** Without a first board after this time, or without one more after that, a fleet is given up, ms. */
const FIRST_WITHIN_MS = 45_000;
const NEXT_WITHIN_MS = 180_000;
/** How long all may take to be back after chaos: silence is noticed within a minute, and then there is backoff, ms. */
const BACK_WITHIN_MS = 240_000;
/** What is waited for is looked at so often, ms. */
const LOOK_EVERY_MS = 20;
const EXPIRE_EVERY_MS = 200;
/**
 * How long boards have to stop, and then what they held to go, ms: at the end, and for whoever pressed Ctrl-C. What is never let go of is
 * found after any time; what a busy machine has not got to is none of it.
 */
const STOP_MS = 5_000;
const LEFT_MS = 30_000;
const STOP_SOON_MS = 1_500;
const LEFT_SOON_MS = 500;
/** Whoever has pressed it waits no longer for what is on its way, ms. */
const PATIENCE_MS = 300;

/** A fleet, from its first board to the last one's stop. */
export class FleetRun {
  readonly #options: FleetOptions;
  readonly #indices: readonly number[];
  readonly #probe: Probe;
  readonly #tally: Tally;
  readonly #deviceIds = new Map<number, string>();
  readonly #leftovers = new Leftovers();
  readonly #usage = new Usage();
  readonly #beganMs = performance.now();
  readonly #startedAt = new Date().toISOString();
  #phase: Phase = 'ramp';
  #desk: ActivationDesk | undefined;
  #driver: Driver | undefined;
  #crews: Crews | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #interrupted = false;
  #failure: string | undefined;
  #trouble: string | undefined;
  /** Of the last snapshot. */
  #before = { ms: performance.now(), messages: 0 };
  #messages = 0;
  /** What the threads of boards have left. */
  #left: readonly string[] = [];

  /** @throws {RangeError} where the product takes no commands */
  constructor(options: FleetOptions) {
    const probe = probeOf(options.product);
    if (probe === undefined)
      throw new RangeError(`boards of ${options.product.productKey} take no sets that they post`);
    this.#options = options;
    this.#probe = probe;
    this.#indices = indicesOf(options.boards, options.shard);
    const { target, lostAfterMs } = options;
    this.#tally = new Tally({ indices: this.#indices, probe, lostAfterMs, keepsSets: target.kind === 'cloud' });
  }

  /** How things stand now, and what happened since this was last asked. */
  snapshot(): Snapshot {
    const nowMs = performance.now();
    const { counts, recent, online } = this.#tally;
    const messagesPerS = ((this.#messages - this.#before.messages) * 1_000) / Math.max(1, nowMs - this.#before.ms);
    this.#before = { ms: nowMs, messages: this.#messages };
    this.#tally.forgetRecent();
    const heapBytes = this.#options.isSoak ? this.#usage.heapBytes() : undefined;
    const trouble = this.#trouble;
    this.#trouble = undefined;
    return {
      phase: this.#phase,
      atS: Math.round((nowMs - this.#beganMs) / 100) / 10,
      boards: this.#indices.length,
      online,
      messagesPerS: Math.round(messagesPerS),
      p50Us: recent.percentile(50),
      p99Us: recent.percentile(99),
      sent: counts.sent,
      answered: counts.answered,
      lost: counts.lost,
      doubled: counts.doubled,
      drops: counts.drops,
      cuts: counts.resets + counts.silences,
      rssBytes: this.#usage.rssBytes(),
      ...(heapBytes !== undefined && { heapBytes }),
      ...(trouble !== undefined && { trouble }),
    };
  }

  /** Ends the load; what was measured so far is the result. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** Runs it all. @throws {Error} where it cannot begin; what went wrong later is in the result */
  async run(): Promise<FleetResult> {
    const found = { allOnlineAfterS: null as number | null, backAfterS: null as number | null, seconds: 0, unsent: 0 };
    let online = 0;
    try {
      await this.#open();
      found.allOnlineAfterS = await this.#rampUp();
      this.#usage.allOnline();
      if (found.allOnlineAfterS !== null) Object.assign(found, await this.#work());
      online = this.#tally.online;
    } finally {
      this.#phase = 'stop';
      await this.#close();
    }
    const { target } = this.#options;
    const leftovers = [...this.#left, ...(await this.#leftovers.find(this.#interrupted ? LEFT_SOON_MS : LEFT_MS))];
    return resultOf(this.#options, this.#tally, {
      startedAt: this.#startedAt,
      path: target.kind,
      target: target.kind === 'broker' ? target.broker.url : target.environment.apiUrl,
      what: this.#probe.what,
      interrupted: this.#interrupted,
      failure: this.#failure,
      wanted: this.#indices.length,
      online,
      ...found,
      process: this.#usage.result(this.#indices.length),
      leftovers,
    });
  }

  async #open(): Promise<void> {
    const { target, openDriver = (events) => this.#openDriver(events) } = this.#options;
    if (target.kind === 'broker') this.#desk = await ActivationDesk.open(target);
    this.#driver = await openDriver({
      onPost: (deviceId, message) => {
        this.#messages++;
        this.#tally.post(deviceId, message, performance.now());
      },
      onRefused: (index, why) => {
        this.#trouble = `a set was refused: ${why}`;
        this.#tally.refused(index, performance.now());
      },
      onLost: (why) => this.#fail(why),
    });
    this.#usage.begin();
    const { product, boards, rampMs, workers, workerFile, buildTimeMs, isSoak: haveLived = false } = this.#options;
    const environment =
      target.kind === 'cloud' ? target.environment : { name: 'dev' as const, apiUrl: this.#desk!.url };
    this.#crews = new Crews(
      { product, environment, boards, indices: this.#indices, rampMs, workers, workerFile, buildTimeMs, haveLived },
      {
        onOnline: (index, deviceId) => {
          this.#deviceIds.set(index, deviceId);
          this.#tally.cameOnline(index, deviceId, performance.now());
        },
        onOffline: (index) => {
          if (this.#phase !== 'stop') this.#tally.wentOffline(index, performance.now());
        },
        onTrouble: (_index, why) => {
          this.#trouble = why;
        },
        onFailed: (error) => this.#fail(error.message),
      },
    );
    this.#expiry = setInterval(() => this.#tally.expire(performance.now()), EXPIRE_EVERY_MS);
  }

  #openDriver(events: DriverEvents): Promise<Driver> {
    const { target, product } = this.#options;
    return target.kind === 'cloud'
      ? CloudDriver.open(target.cloud, product.productKey, events)
      : BrokerDriver.open(target.broker, product.productKey, events);
  }

  /** Until all boards are online; seconds since the start, or null where they do not come. */
  async #rampUp(): Promise<number | null> {
    let most = 0;
    let giveUpMs = performance.now() + this.#options.rampMs + FIRST_WITHIN_MS;
    await this.#until(() => {
      const { online } = this.#tally;
      if (online > most) {
        most = online;
        giveUpMs = Math.max(giveUpMs, performance.now() + NEXT_WITHIN_MS);
      }
      return online === this.#indices.length || performance.now() > giveUpMs;
    });
    return this.#tally.online === this.#indices.length ? this.#secondsSince(this.#beganMs) : null;
  }

  /** Load, chaos, and what comes after them. */
  async #work(): Promise<{ seconds: number; unsent: number; backAfterS: number | null }> {
    const { ratePerS, forMs, warmUpMs, chaosPerS, cuts = ['reset', 'silent'] } = this.#options;
    const tally = this.#tally;
    const load = new Load({ ratePerS, send: (dueMs, nowMs) => this.#send(dueMs, nowMs) });
    const chaos = new Chaos({
      indices: this.#indices,
      perS: chaosPerS,
      ways: cuts,
      online: () => tally.online,
      isOnline: (index) => tally.isOnline(index),
      cut: (index, how) => {
        tally.cut(index, how, performance.now());
        this.#crews!.cut(index, how);
      },
    });
    this.#phase = 'warm-up';
    load.start();
    await this.#for(warmUpMs);
    this.#phase = 'load';
    tally.isMeasuring = true;
    this.#usage.measure(this.#crews!);
    const fromMs = performance.now();
    chaos.start();
    await this.#for(forMs);
    const unsent = load.stop();
    chaos.stop();
    tally.isMeasuring = false;
    const seconds = (performance.now() - fromMs) / 1_000;
    this.#usage.measured(this.#crews!);
    this.#phase = 'drain';
    const chaosEndMs = performance.now();
    const patienceMs = (): number => (this.#interrupted ? PATIENCE_MS : Number.POSITIVE_INFINITY);
    await this.#until(() => tally.isSettled || performance.now() - chaosEndMs > patienceMs(), true);
    if (chaosPerS === 0) return { seconds, unsent, backAfterS: null };
    this.#phase = 'recovery';
    await this.#until(() => this.#isBack() || performance.now() - chaosEndMs > BACK_WITHIN_MS);
    return { seconds, unsent, backAfterS: this.#isBack() ? this.#secondsSince(chaosEndMs) : null };
  }

  #isBack(): boolean {
    return this.#tally.online === this.#indices.length;
  }

  #send(dueMs: number, nowMs: number): boolean {
    const taken = this.#tally.take(nowMs);
    if (taken === undefined) return false;
    const { index, value } = taken;
    this.#messages++;
    this.#tally.sent(index, value, dueMs, nowMs);
    this.#driver!.set(index, this.#deviceIds.get(index)!, this.#probe.params(value));
    return true;
  }

  #fail(why: string): void {
    this.#failure ??= why;
  }

  #for(ms: number): Promise<void> {
    const endMs = performance.now() + ms;
    return this.#until(() => performance.now() >= endMs);
  }

  /** Until it is so, or there is no sense in waiting any more. @param isLast also after Ctrl-C */
  async #until(isSo: () => boolean, isLast = false): Promise<void> {
    while (!isSo() && this.#failure === undefined && (isLast || !this.#interrupted)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #secondsSince(ms: number): number {
    return Math.round(performance.now() - ms) / 1_000;
  }

  async #close(): Promise<void> {
    // What is lost now is no loss: boards first, then whoever would hear of it.
    this.#left = (await this.#crews?.stop(this.#interrupted ? STOP_SOON_MS : STOP_MS)) ?? [];
    clearInterval(this.#expiry);
    await this.#driver?.close();
    await this.#desk?.close();
  }
}
