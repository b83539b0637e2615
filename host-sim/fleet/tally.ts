import { isObject } from '../../src/core/json-guard.js';
import type { Cut } from './crew.js';
import { Histogram } from './histogram.js';
import type { Probe, Value } from './probe.js';

/** A set without its post after this time is lost, ms. */
export const LOST_AFTER_MS = 10_000;
/** One whose board was cut off meanwhile: a cloud keeps it for a minute, and the board needs as long to notice, ms. */
const LATE_AFTER_MS = 120_000;
/** Between two sets of one board, ms: changes within 100 ms of a post leave together in the next one. */
const REST_MS = 150;
/** What a driver was late by its timer's grain alone is not its boards' doing, ms. */
const GRAIN_MS = 2;

/** A set on its way. */
interface Outstanding {
  readonly value: Value;
  /** Since when it counts. */
  readonly fromMs: number;
  readonly deadlineMs: number;
  readonly isMeasured: boolean;
  isCutOff: boolean;
}

interface BoardState {
  readonly index: number;
  isOnline: boolean;
  /** It was cut off, and has not been online anew since; by whom and when. */
  away: { readonly sinceMs: number; readonly how: Cut | 'drop' } | undefined;
  /** What its last post said. */
  seen: Value | undefined;
  postId: string | undefined;
  set: Outstanding | undefined;
  /** It waits in the row of those that can be set. */
  isWaiting: boolean;
}

export interface TallyOptions {
  readonly indices: readonly number[];
  readonly probe: Probe;
  /** Whether a set is delivered also to a board that was cut off, when it is back. */
  readonly keepsSets: boolean;
}

/** What was counted. Of sets, those alone that fell due in the measured time. */
export class Counts {
  sent = 0;
  answered = 0;
  /** Without a post in time, though the board was there all the time. */
  lost = 0;
  /** The other end did not take them. */
  refused = 0;
  /** Their board was cut off before it had posted; of these, those whose value it posted later. */
  cutOff = 0;
  cutOffAnswered = 0;
  /** Posts that came twice, in all the time. */
  doubled = 0;
  /** Posts in the measured time, those that nobody asked for included. */
  posts = 0;
  /** Connections that were lost without anybody cutting them, in all the time. */
  drops = 0;
  resets = 0;
  silences = 0;
}

/** Keeps account of every board: who is online, what it was asked, and whether and when it said so. */
export class Tally {
  readonly counts = new Counts();
  /** From a set to its post, µs, in the measured time. */
  readonly latency = new Histogram();
  /** How late sets left, µs. */
  readonly lateness = new Histogram();
  /** From a connection's loss to the next one, µs: of drops and resets, and of silence, which the board has to notice first. */
  readonly reconnect = new Histogram();
  readonly noticing = new Histogram();
  /** What is set from now on is measured. */
  isMeasuring = false;
  readonly #probe: Probe;
  readonly #keepsSets: boolean;
  readonly #boards = new Map<number, BoardState>();
  readonly #byDevice = new Map<string, BoardState>();
  /** Boards to be set next, those that rested longest first. */
  readonly #row: { readonly board: BoardState; readonly fromMs: number }[] = [];
  readonly #outstanding = new Set<BoardState>();
  #online = 0;
  #recent = new Histogram();

  constructor({ indices, probe, keepsSets }: TallyOptions) {
    this.#probe = probe;
    this.#keepsSets = keepsSets;
    for (const index of indices) {
      this.#boards.set(index, {
        index,
        isOnline: false,
        away: undefined,
        seen: undefined,
        postId: undefined,
        set: undefined,
        isWaiting: false,
      });
    }
  }

  /** Boards that are online, and were not cut off since. */
  get online(): number {
    return this.#online;
  }

  /** Latencies since they were forgotten, measured or not, µs. */
  get recent(): Histogram {
    return this.#recent;
  }

  forgetRecent(): void {
    this.#recent = new Histogram();
  }

  /** Sets on their way. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /** Whether all that are on their way are of boards that were cut off. */
  get isSettled(): boolean {
    for (const { set } of this.#outstanding) if (set?.isCutOff === false) return false;
    return true;
  }

  isOnline(index: number): boolean {
    const { isOnline, away } = this.#boards.get(index)!;
    return isOnline && away === undefined;
  }

  cameOnline(index: number, deviceId: string, nowMs: number): void {
    const board = this.#boards.get(index)!;
    this.#byDevice.set(deviceId, board);
    const { away } = board;
    if (!board.isOnline || away !== undefined) this.#online++;
    board.isOnline = true;
    board.away = undefined;
    if (away !== undefined) {
      (away.how === 'silent' ? this.noticing : this.reconnect).record((nowMs - away.sinceMs) * 1_000);
    }
    this.#rest(board, nowMs);
  }

  wentOffline(index: number, nowMs: number): void {
    const board = this.#boards.get(index)!;
    if (!board.isOnline) return;
    board.isOnline = false;
    if (board.away !== undefined) return;
    this.counts.drops++;
    this.#leave(board, 'drop', nowMs);
  }

  /** Its connection is about to be cut. */
  cut(index: number, how: Cut, nowMs: number): void {
    if (how === 'reset') this.counts.resets++;
    else this.counts.silences++;
    this.#leave(this.#boards.get(index)!, how, nowMs);
  }

  /** A board that can be set, and the value; undefined: none has rested. */
  take(nowMs: number): { readonly index: number; readonly value: Value } | undefined {
    for (let first = this.#row[0]; first !== undefined && first.fromMs <= nowMs; first = this.#row[0]) {
      this.#row.shift();
      const { board } = first;
      board.isWaiting = false;
      if (!board.isOnline || board.away !== undefined || board.set !== undefined) continue;
      return { index: board.index, value: this.#probe.next(board.seen) };
    }
    return undefined;
  }

  /** A set has left. It counts from when it was due, or from now where that is a timer's grain later. */
  sent(index: number, value: Value, dueMs: number, nowMs: number): void {
    const board = this.#boards.get(index)!;
    const isMeasured = this.isMeasuring;
    const fromMs = nowMs - dueMs < GRAIN_MS ? nowMs : dueMs;
    board.set = { value, fromMs, deadlineMs: nowMs + LOST_AFTER_MS, isMeasured, isCutOff: false };
    this.#outstanding.add(board);
    if (!isMeasured) return;
    this.counts.sent++;
    this.lateness.record((nowMs - dueMs) * 1_000);
  }

  /** The other end did not take the set of a board. */
  refused(index: number, nowMs: number): void {
    const board = this.#boards.get(index)!;
    const { set } = board;
    if (set === undefined) return;
    if (set.isMeasured && !set.isCutOff) this.counts.refused++;
    this.#over(board, nowMs);
  }

  /** A board has posted its properties. */
  post(deviceId: string, message: Readonly<Record<string, unknown>>, nowMs: number): void {
    const board = this.#byDevice.get(deviceId);
    const { id, params } = message;
    if (board === undefined || !isObject(params)) return;
    if (this.isMeasuring) this.counts.posts++;
    if (typeof id === 'string') {
      if (id === board.postId) {
        this.counts.doubled++;
        return;
      }
      board.postId = id;
    }
    const value = this.#probe.read(params);
    if (value === undefined) return;
    board.seen = value;
    const { set } = board;
    if (set !== undefined && set.value === value) this.#answered(board, set, nowMs);
  }

  /** Gives up what is due for that. */
  expire(nowMs: number): void {
    for (const board of this.#outstanding) {
      const { set } = board;
      if (set === undefined || set.deadlineMs > nowMs) continue;
      if (set.isMeasured && !set.isCutOff) this.counts.lost++;
      this.#over(board, nowMs);
    }
  }

  #answered(board: BoardState, { fromMs, isMeasured, isCutOff }: Outstanding, nowMs: number): void {
    if (isCutOff) this.counts.cutOffAnswered += isMeasured ? 1 : 0;
    else {
      const us = (nowMs - fromMs) * 1_000;
      this.#recent.record(us);
      if (isMeasured) {
        this.counts.answered++;
        this.latency.record(us);
      }
    }
    this.#over(board, nowMs);
  }

  #leave(board: BoardState, how: Cut | 'drop', nowMs: number): void {
    this.#online--;
    board.away = { sinceMs: nowMs, how };
    const { set } = board;
    if (set === undefined || set.isCutOff) return;
    set.isCutOff = true;
    if (set.isMeasured) this.counts.cutOff++;
    if (this.#keepsSets) board.set = { ...set, deadlineMs: nowMs + LATE_AFTER_MS };
    else this.#over(board, nowMs);
  }

  #over(board: BoardState, nowMs: number): void {
    board.set = undefined;
    this.#outstanding.delete(board);
    this.#rest(board, nowMs);
  }

  #rest(board: BoardState, nowMs: number): void {
    if (board.isWaiting || !board.isOnline || board.away !== undefined || board.set !== undefined) return;
    board.isWaiting = true;
    this.#row.push({ board, fromMs: nowMs + REST_MS });
  }
}
