import { getHeapCodeStatistics } from 'node:v8';
import type { Crews } from './crews.js';
import type { MachineResult } from './result.js';

/** A collection costs as much as hundreds of sets: only so often, ms. */
const COLLECT_EVERY_MS = 10_000;

/** What a fleet takes of its machine. */
export class Usage {
  #rssBefore = 0;
  #rssOnline = 0;
  #rssPeak = 0;
  #heapOnline = 0;
  #cpu = 0;
  #driverBusy = 0;
  #boardsBusy: readonly number[] = [];
  #collectedMs = Number.NEGATIVE_INFINITY;
  #from = { ms: 0, cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };

  /** No board is there yet. */
  begin(): void {
    collect();
    this.#rssBefore = this.rssBytes();
  }

  allOnline(): void {
    collect();
    this.#rssOnline = this.rssBytes();
    const { heapUsed, external } = process.memoryUsage();
    this.#heapOnline = heapUsed + external;
  }

  /** From here on CPU counts. */
  measure(crews: Crews): void {
    crews.busy();
    this.#from = { ms: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
  }

  /** Up to here. */
  measured(crews: Crews): void {
    const { ms, cpu, loop } = this.#from;
    const { user, system } = process.cpuUsage(cpu);
    this.#cpu = (user + system) / 1_000 / Math.max(1, performance.now() - ms);
    this.#driverBusy = performance.eventLoopUtilization(loop).utilization;
    this.#boardsBusy = crews.busy();
  }

  /** Memory of the process now. */
  rssBytes(): number {
    const rss = process.memoryUsage.rss();
    if (rss > this.#rssPeak) this.#rssPeak = rss;
    return rss;
  }

  /**
   * What objects and buffers of this thread take right after a collection, without the code that V8 makes and drops as it likes.
   * Undefined: there is no way to ask for one, or it is too early.
   */
  heapBytes(): number | undefined {
    if (globalThis.gc === undefined || performance.now() - this.#collectedMs < COLLECT_EVERY_MS) return undefined;
    this.#collectedMs = performance.now();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const { code_and_metadata_size: machine, bytecode_and_metadata_size: bytes } = getHeapCodeStatistics();
    return heapUsed + external - machine - bytes;
  }

  result(boards: number): MachineResult['process'] {
    return {
      rssBeforeBytes: this.#rssBefore,
      rssOnlineBytes: this.#rssOnline,
      rssPeakBytes: this.#rssPeak,
      heapOnlineBytes: this.#heapOnline,
      rssPerBoardBytes: boards === 0 ? 0 : Math.round((this.#rssOnline - this.#rssBefore) / boards),
      cpu: toThree(this.#cpu),
      driverBusy: toThree(this.#driverBusy),
      boardsBusy: this.#boardsBusy.map(toThree),
    };
  }
}

/** Where Node was started with `--expose-gc`. */
function collect(): void {
  globalThis.gc?.();
}

function toThree(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
