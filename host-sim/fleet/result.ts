import { cpus, release, totalmem, type } from 'node:os';
import type { FleetOptions } from './fleet-options.js';
import type { Histogram, WrittenHistogram } from './histogram.js';
import type { Shard } from './shard.js';
import type { Counts, Tally } from './tally.js';

export const RESULT_FORMAT = 'smartlink-fleet';
export const RESULT_VERSION = 1;

/** Times as JSON: what people read, and all that two of them are added up by. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  readonly histogram: WrittenHistogram;
}

/** One machine's part in a fleet. */
export interface MachineResult {
  readonly shard: Shard;
  readonly startedAt: string;
  readonly versions: { readonly smartlink: string; readonly node: string };
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryBytes: number; readonly os: string };
  readonly threads: number;
  readonly process: {
    /** Before the first board, with all online, and the most that was seen. */
    readonly rssBeforeBytes: number;
    readonly rssOnlineBytes: number;
    readonly rssPeakBytes: number;
    /** In use in the thread that measures with all online, buffers included: with `--workers 0`, all boards. */
    readonly heapOnlineBytes: number;
    /** What one more board took, of the growth between the first two. */
    readonly rssPerBoardBytes: number;
    /** CPU seconds a second in the measured time, all threads of it. */
    readonly cpu: number;
    /** How much of that time the thread that sets and hears was busy, and each that runs boards, 0 to 1. */
    readonly driverBusy: number;
    readonly boardsBusy: readonly number[];
  };
  /** Timers, sockets and handles that were still there after the stop. */
  readonly leftovers: readonly string[];
}

/** What a fleet's run came to. Times of sets in µs, of connections in µs too, all others in seconds. */
export interface FleetResult {
  readonly format: typeof RESULT_FORMAT;
  readonly version: typeof RESULT_VERSION;
  /** Everything went as it must: all came online and came back, nothing lost, doubled or refused. */
  readonly ok: boolean;
  /** What did not, in sentences. */
  readonly problems: readonly string[];
  readonly interrupted: boolean;
  readonly options: {
    readonly boards: number;
    readonly product: string;
    /** The path that was measured. */
    readonly path: 'broker' | 'cloud';
    readonly target: string;
    readonly what: string;
    readonly ratePerS: number;
    readonly forS: number;
    readonly warmUpS: number;
    readonly rampS: number;
    readonly chaosPerS: number;
  };
  /** How many machines the fleet is on, and those whose figures are in here. */
  readonly shards: { readonly of: number; readonly indices: readonly number[] };
  readonly boards: { readonly wanted: number; readonly online: number; readonly allOnlineAfterS: number | null };
  readonly load: Counts & {
    readonly seconds: number;
    /** Due, and not sent at the end: no board was free. */
    readonly unsent: number;
    readonly setsPerS: number;
    readonly messagesPerS: number;
    readonly latencyUs: Times;
    readonly latenessUs: Times;
  };
  readonly connections: {
    readonly reconnectUs: Times;
    /** Of connections that went silent: with the time in which the board notices. */
    readonly silentUs: Times;
    /** From the end of chaos to all online; null: they were not, or there was none. */
    readonly backAfterS: number | null;
  };
  readonly machines: readonly MachineResult[];
}

export function timesOf(histogram: Histogram): Times {
  return {
    count: histogram.count,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    max: histogram.max,
    mean: Math.round(histogram.mean),
    histogram: histogram.write(),
  };
}

/** What a run has found out beside the tally. */
export interface Findings {
  readonly startedAt: string;
  readonly path: 'broker' | 'cloud';
  readonly target: string;
  readonly what: string;
  readonly interrupted: boolean;
  /** Why it could not go on; absent: it could. */
  readonly failure?: string | undefined;
  readonly wanted: number;
  readonly online: number;
  readonly allOnlineAfterS: number | null;
  readonly backAfterS: number | null;
  /** Measured, s. */
  readonly seconds: number;
  readonly unsent: number;
  readonly process: MachineResult['process'];
  readonly leftovers: readonly string[];
}

export function resultOf(options: FleetOptions, tally: Tally, found: Findings): FleetResult {
  const { counts } = tally;
  const perS = (count: number): number => (found.seconds > 0 ? round(count / found.seconds) : 0);
  const problems = problemsOf(counts, found);
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    ok: problems.length === 0,
    problems,
    interrupted: found.interrupted,
    options: {
      boards: options.boards,
      product: options.product.productKey,
      path: found.path,
      target: found.target,
      what: found.what,
      ratePerS: options.ratePerS,
      forS: options.forMs / 1_000,
      warmUpS: options.warmUpMs / 1_000,
      rampS: options.rampMs / 1_000,
      chaosPerS: options.chaosPerS,
    },
    shards: { of: options.shard.of, indices: [options.shard.index] },
    boards: { wanted: found.wanted, online: found.online, allOnlineAfterS: found.allOnlineAfterS },
    load: {
      ...counts,
      seconds: round(found.seconds),
      unsent: found.unsent,
      setsPerS: perS(counts.sent),
      messagesPerS: perS(counts.sent + counts.posts),
      latencyUs: timesOf(tally.latency),
      latenessUs: timesOf(tally.lateness),
    },
    connections: {
      reconnectUs: timesOf(tally.reconnect),
      silentUs: timesOf(tally.noticing),
      backAfterS: found.backAfterS,
    },
    machines: [
      {
        shard: options.shard,
        startedAt: found.startedAt,
        versions: { smartlink: options.version, node: process.version },
        machine: {
          cpu: cpus()[0]?.model ?? 'unknown',
          cores: cpus().length,
          memoryBytes: totalmem(),
          os: `${type()} ${release()}`,
        },
        threads: options.workers,
        process: found.process,
        leftovers: found.leftovers,
      },
    ],
  };
}

function problemsOf(counts: Counts, found: Findings): string[] {
  const { wanted, online, allOnlineAfterS, failure, interrupted, leftovers } = found;
  const problems: string[] = [];
  if (failure !== undefined) problems.push(failure);
  if (allOnlineAfterS === null && !interrupted)
    problems.push(`${wanted - online} of ${wanted} boards did not come online`);
  else if (online < wanted && !interrupted)
    problems.push(`${wanted - online} of ${wanted} boards did not come back online`);
  if (counts.lost > 0) problems.push(`${counts.lost} sets were lost: no post in time`);
  if (counts.doubled > 0) problems.push(`${counts.doubled} posts came twice`);
  if (counts.refused > 0) problems.push(`${counts.refused} sets were refused`);
  if (leftovers.length > 0) problems.push(`left after the stop: ${leftovers.join(', ')}`);
  return problems;
}

/** To three digits behind the point: nobody reads more. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
