import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { Boards } from './boards.js';
import { Clouds, type CloudsOptions } from './clouds.js';
import { judge } from './command-record.js';
import { Driver, percentile } from './driver.js';

/** Boards of a trial: 500 on CI and where nothing else is said. */
export const BOARDS = Number(process.env['SMARTLINK_CLUSTER_BOARDS'] ?? 500);
/** Processes of the cloud that share the brokers and the data directory. */
export const PROCESSES = Number(process.env['SMARTLINK_CLUSTER_PROCESSES'] ?? 1);
const COMMANDS_PER_SECOND = Number(process.env['SMARTLINK_CLUSTER_RATE'] ?? 20);
/**
 * In which everything is to be as it was, after whatever was done to the brokers, ms. A board that a broker has made deaf comes twice: within the
 * reconnect spread and what a balancer holds it up (26 s), is found after 30 s at most, and comes again (26 s).
 */
const RECOVERY_MS = 90_000;
/** In which the last board that was started is online for the first time. */
const FIRST_ONLINE_MS = 180_000;
const PRODUCT = join(import.meta.dirname, 'marked-board.json');

const PRODUCT_KEY = 'MARKED-BOARD';
/** For how long retained lies are not to be believed, ms. */
const RETAINED_MS = 8_000;

/** A message that says what is not so. */
export interface RetainedLie {
  readonly topic: string;
  readonly payload: string;
}

/** A time of which it is told how long commands took. */
interface Phase {
  readonly name: string;
  readonly from: number;
}

export interface TrialOptions extends Omit<CloudsOptions, 'products'> {
  /** At first one board is started after the other, this far apart at least. */
  readonly startEveryMs: number;
  /** No more are started while so many have not been online yet. */
  readonly atOnce: number;
}

/** A fleet, the cloud and somebody who commands it, over brokers to which things happen. */
export class Trial {
  readonly clouds: Clouds;
  readonly boards: Boards;
  readonly driver: Driver;
  readonly #title: string;
  readonly #phases: Phase[] = [];
  readonly #notes: string[] = [];

  /** Starts all of it; resolves once every board is online, and commands are being given. */
  static async start(title: string, { startEveryMs, atOnce, ...options }: TrialOptions): Promise<Trial> {
    const clouds = new Clouds({ ...options, products: [PRODUCT] });
    let boards: Boards | undefined;
    try {
      await clouds.start();
      const from = Date.now();
      boards = await Boards.start({ apiUrl: clouds.apis[0]!, product: PRODUCT, count: BOARDS, startEveryMs, atOnce });
      await allOnline(clouds, boards, [], BOARDS * startEveryMs + FIRST_ONLINE_MS);
      const note = `${BOARDS} boards activated and online in ${seconds(Date.now() - from)} (one starts every ${startEveryMs} ms, ${atOnce} at once)`;
      const vanishing = new Set(vanishingSerials(boards));
      const commanded = [...boards.ids].filter(([serial]) => !vanishing.has(serial)).map(([, deviceId]) => deviceId);
      const driver = new Driver(clouds, commanded);
      await driver.start(COMMANDS_PER_SECOND);
      return new Trial(title, clouds, boards, driver, note);
    } catch (error) {
      console.log(clouds.logTail());
      await boards?.stop();
      await clouds.stop();
      throw error;
    }
  }

  private constructor(title: string, clouds: Clouds, boards: Boards, driver: Driver, note: string) {
    this.#title = title;
    this.clouds = clouds;
    this.boards = boards;
    this.driver = driver;
    this.note(note);
  }

  /** Something to be printed. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** From here on, until the next phase, is a time of this name; what was given a second before belongs to it, too. */
  phase(name: string): void {
    this.#phases.push({ name, from: Date.now() - 1000 });
  }

  /** Resolves once cloud and boards agree that all are online, but for those without power. */
  allOnline(without: readonly string[] = []): Promise<void> {
    return allOnline(this.clouds, this.boards, without);
  }

  /**
   * Does something that ends sessions of boards; resolves once cloud and boards agree that all are online again.
   * @param without serial numbers of boards that have no power after it
   */
  async upset(what: string, deed: () => Promise<void>, without: readonly string[] = []): Promise<void> {
    const from = Date.now();
    const before = this.boards.losses;
    this.phase(what);
    await deed();
    // Before they have noticed, all of them are online, too.
    await until(async () => this.boards.losses > before || 'no board has lost its session', RECOVERY_MS);
    await this.allOnline(without);
    const losses = this.boards.losses - before;
    this.note(`${what}: ${losses} sessions lost, all boards online again after ${seconds(Date.now() - from)}`);
  }

  /** Cuts the power of some boards as the brokers fall, so that the wills of some are never told; gives it back when the cloud knows. */
  async upsetWithPowerCuts(what: string, deed: () => Promise<void>): Promise<void> {
    const serials = vanishingSerials(this.boards);
    await this.upset(
      `${what}, and the power of ${serials.length} boards cut`,
      async () => {
        await deed();
        this.boards.tell({ kind: 'powerCut', serials });
      },
      serials,
    );
    this.boards.tell({ kind: 'powerOn', serials });
    await this.allOnline();
  }

  /**
   * Starts the cloud anew at brokers that have lost its session, and keep lies about two boards: that one without power is online,
   * and that one that is online is not. Resolves once the cloud has been right about both for a while.
   * @param lie leaves these retained messages at every broker, and takes the session away that this client id has
   */
  async checkRetained(
    lie: (messages: readonly RetainedLie[], clientIds: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const [off, on] = [...this.boards.ids.entries()] as [[string, string], [string, string]];
    this.boards.tell({ kind: 'powerCut', serials: [off[0]] });
    await this.allOnline([off[0]]);
    const processes = this.clouds.apis.map((_, index) => index);
    await Promise.all(processes.map((index) => this.clouds.endOne(index, 'SIGTERM')));
    const message = (deviceId: string, status: string): RetainedLie => ({
      topic: `/sys/${PRODUCT_KEY}/${deviceId}/status`,
      payload: JSON.stringify({ status, time: Date.now() }),
    });
    await lie([message(off[1], 'online'), message(on[1], 'offline')], this.clouds.clientIds());
    const from = Date.now();
    for (const index of processes) await this.clouds.startOne(index);
    this.note(`retained lies: that ${off[0]}, which has no power, is online, and that ${on[0]} is not`);
    const rightUntil = Date.now() + RETAINED_MS;
    await this.allOnline([off[0]]);
    while (Date.now() < rightUntil) await this.allOnline([off[0]]);
    this.note(
      `cloud started anew, its session gone, retained lies at every broker: believed none in ${seconds(Date.now() - from)}`,
    );
    this.boards.tell({ kind: 'powerOn', serials: [off[0]] });
    await this.allOnline();
  }

  /** Gives no more commands but one to each board, waits for those that are open, and judges. */
  async verdict(): Promise<void> {
    await this.driver.stop();
    // One that is online and hears nothing would be found by no command that was not meant for it.
    expect(await this.driver.tellEach([...this.boards.ids.values()])).toEqual([]);
    const { given } = this.driver;
    const { acts } = this.boards;
    const acknowledged = given.filter((command) => command.acknowledged);
    const fine = { lost: [], doubled: [], late: [], strange: [] };
    // What is kept for a board that came back a moment ago is on its way.
    await until(async () => judge(given, acts).lost.length === 0 || judge(given, acts).lost.join('; '), 30_000);
    expect(judge(given, acts)).toEqual(fine);
    expect(this.boards.crashes).toEqual([]);
    // That nothing is reported means something only where a fault in this very record would be.
    expect(acknowledged.length).toBeGreaterThan(given.length / 2);
    const victim = acts.findIndex(({ deviceId, mark }) =>
      acknowledged.some((command) => command.deviceId === deviceId && command.mark === mark),
    );
    expect(
      judge(
        given,
        acts.filter((_, index) => index !== victim),
      ).lost,
    ).toHaveLength(1);
    expect(judge(given, [...acts, acts[victim]!]).doubled).toHaveLength(1);
    this.note(
      `${given.length} commands given, ${acknowledged.length} answered 200, ${acts.length} acted on; none lost, none doubled, none late`,
    );
  }

  /** Prints what was measured, as far as it came. */
  report(): void {
    const ended = (why: string): number => this.clouds.count('board_session_ended', why);
    this.note(
      `connections of boards that the cloud ended: ${ended('hears_nothing')} that spoke and answered nothing, ${ended('silent')} silent`,
    );
    const lines = this.#phases.map(({ name, from }, index) => {
      const delays = this.driver.delays(from, this.#phases[index + 1]?.from ?? Number.POSITIVE_INFINITY);
      const [p50, p99] = [percentile(delays, 50), percentile(delays, 99)];
      return `  ${name.padEnd(44)} set → post p50 ${p50} ms, p99 ${p99} ms, of ${delays.length} commands`;
    });
    console.log([`${this.#title}:`, ...this.#notes.map((note) => `  ${note}`), ...lines].join('\n'));
  }

  async stop(): Promise<void> {
    this.driver.close();
    await this.boards.stop();
    await this.clouds.stop();
  }
}

/**
 * Those whose power is cut. They get no commands: a board that loses its power after it has acted and before it has answered
 * knows nothing of it afterwards, and acts again.
 */
function vanishingSerials(boards: Boards): readonly string[] {
  return [...boards.ids.keys()].sort().filter((_, index) => index % Math.ceil(BOARDS / 10) === 0);
}

/** @param without serial numbers of boards that have no power: the cloud is to see them offline */
async function allOnline(
  clouds: Clouds,
  boards: Boards,
  without: readonly string[] = [],
  withinMs = RECOVERY_MS,
): Promise<void> {
  const views = async (): Promise<object> => {
    const seen = await clouds.devices();
    const offline = seen.filter(({ online }) => !online).map(({ deviceSN }) => deviceSN);
    return { boards: boards.online.size, cloud: seen.length - offline.length, offline: offline.sort().slice(0, 10) };
  };
  const count = BOARDS - without.length;
  const wanted = { boards: count, cloud: count, offline: [...without].sort() };
  await until(async () => {
    const seen = await views();
    return isDeepStrictEqual(seen, wanted) || JSON.stringify(seen);
  }, withinMs);
}

/** Resolves once this is so. @throws when it is not in time, with what it was at last */
async function until(check: () => Promise<true | string>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found === true) return;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${found}`);
    await setTimeout(250);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
