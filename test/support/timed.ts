import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Program } from './program.js';

const LOOK_EVERY_MS = 20;
/** What the specification gives a program to stop, ms; it gives up before that is over. */
const STOP_MS = 3_000;
/** Who has waited longer than this for a processor may have been too late by his own clock, ms. */
const HARDLY_MS = 300;

export interface Timed<T> {
  readonly result: T;
  /** Without what the process had to wait for a processor. */
  readonly tookMs: number;
  /** Which is not held against it. */
  readonly waitedMs: number;
}

/**
 * How long something takes a process (this one, unless another is named), as it would on a machine that nobody else is using: what is
 * promised in seconds is promised of a program, and not of what runs beside it.
 */
export async function timed<T>(act: () => Promise<T>, pid: number = process.pid): Promise<Timed<T>> {
  const before = waitedMs(pid) ?? 0;
  let waited = before;
  const look = (): void => {
    // Once it has ended nobody knows any more.
    waited = waitedMs(pid) ?? waited;
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  const fromMs = performance.now();
  try {
    const result = await act();
    const passedMs = performance.now() - fromMs;
    look();
    return { result, tookMs: passedMs - (waited - before), waitedMs: waited - before };
  } finally {
    clearInterval(looking);
  }
}

/** Ends a program, and expects that to be clean and in time. */
export async function expectCleanEnd(
  program: Program,
  signal: NodeJS.Signals = 'SIGTERM',
  withinMs = STOP_MS,
): Promise<void> {
  const { result, tookMs, waitedMs } = await timed(() => program.end(signal), program.child.pid);
  expect(result.signal).toBe(null);
  expect(waitedMs > HARDLY_MS ? [0, 1] : [0]).toContain(result.code);
  expect(tookMs).toBeLessThan(withinMs);
}

/** What the first thread of a process has waited for a processor since it began; `undefined` where the system does not tell. */
function waitedMs(pid: number): number | undefined {
  try {
    const [, nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return undefined;
  }
}
