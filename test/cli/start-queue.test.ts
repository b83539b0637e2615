import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StartQueue } from '../../host-sim/cli/start-queue.js';

class FakeBoard {
  powered = false;
  starts = 0;

  powerOn(): void {
    this.powered = true;
    this.starts++;
  }
}

const boardsOf = (count: number): FakeBoard[] => Array.from({ length: count }, () => new FakeBoard());
const started = (boards: readonly FakeBoard[]): number => boards.filter(({ powered }) => powered).length;

describe('the queue of boards that are to come online', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives power to so many at a time, in order, and to the next for each that is online or has failed', () => {
    const boards = boardsOf(100);
    const queue = new StartQueue(boards, 32);
    expect(started(boards)).toBe(0);
    vi.advanceTimersByTime(100);
    expect(boards.findIndex(({ powered }) => !powered)).toBe(32);
    for (const board of boards.slice(3, 8)) queue.settled(board);
    vi.advanceTimersByTime(100);
    expect(boards.findIndex(({ powered }) => !powered)).toBe(37);
    expect(started(boards)).toBe(37);
  });

  it('counts a board once, however often it comes and goes afterwards', () => {
    const boards = boardsOf(10);
    const queue = new StartQueue(boards, 2);
    vi.advanceTimersByTime(100);
    for (let again = 0; again < 5; again++) queue.settled(boards[0]!);
    queue.settled(boards[9]!);
    vi.advanceTimersByTime(100);
    expect(started(boards)).toBe(3);
  });

  it('is not held up by boards of which nothing is heard', () => {
    const boards = boardsOf(6);
    new StartQueue(boards, 2);
    vi.advanceTimersByTime(14_000);
    expect(started(boards)).toBe(2);
    vi.advanceTimersByTime(2_000);
    expect(started(boards)).toBe(4);
    vi.advanceTimersByTime(15_000);
    expect(started(boards)).toBe(6);
  });

  it('passes over a board that somebody else has given power', () => {
    const boards = boardsOf(4);
    boards[1]!.powerOn();
    new StartQueue(boards, 2);
    vi.advanceTimersByTime(100);
    expect(boards.map(({ starts }) => starts)).toEqual([1, 1, 1, 0]);
  });

  it('gives nobody power any more once it is stopped', () => {
    const boards = boardsOf(8);
    const queue = new StartQueue(boards, 2);
    vi.advanceTimersByTime(100);
    queue.stop();
    queue.settled(boards[0]!);
    vi.advanceTimersByTime(60_000);
    expect(started(boards)).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
