import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bench, BUTTON } from './bench.js';

const { pin } = BUTTON;

describe('a button', () => {
  test('is short once no second press has followed', () => {
    const bench = new Bench(BUTTON);
    bench.ground(pin, 100);
    bench.time.advance(10_000);
    // Let go, debounced, and the time of a double waited for.
    expect(bench.presses).toEqual([{ atMs: 100 + 30 + 300, press: 'short' }]);
    expect(bench.time.pending).toBe(0);
  });

  test('is short as soon as it is let go where there are no doubles', () => {
    const bench = new Bench({ ...BUTTON, doubleMs: 0 });
    bench.ground(pin, 100);
    bench.time.advance(50);
    bench.ground(pin, 100);
    bench.time.advance(50);
    expect(bench.presses).toEqual([
      { atMs: 130, press: 'short' },
      { atMs: 280, press: 'short' },
    ]);
  });

  test('is one double for two presses in time, and two shorts for two that are not', () => {
    const quick = new Bench(BUTTON);
    quick.ground(pin, 100);
    quick.time.advance(299);
    quick.ground(pin, 100);
    quick.time.advance(10_000);
    expect(quick.kinds).toBe('double');
    const slow = new Bench(BUTTON);
    slow.ground(pin, 100);
    slow.time.advance(301);
    slow.ground(pin, 100);
    slow.time.advance(10_000);
    expect(slow.kinds).toBe('short short');
  });

  test('pressed three times in time is a double and a short', () => {
    const bench = new Bench(BUTTON);
    for (let press = 0; press < 3; press++) {
      bench.ground(pin, 80);
      bench.time.advance(80);
    }
    bench.time.advance(10_000);
    expect(bench.kinds).toBe('double short');
  });

  test('held is told while it is still pressed, once, and is no short press', () => {
    const bench = new Bench(BUTTON);
    bench.ground(pin, 60_000);
    bench.time.advance(10_000);
    expect(bench.presses).toEqual([{ atMs: 30 + 10_000, press: 'held' }]);
  });

  test.each([
    [2_999, 'short'],
    [3_000, 'long'],
    [9_999, 'long'],
  ])('let go after %i ms is %s', (heldMs, kind) => {
    const bench = new Bench(BUTTON);
    bench.ground(pin, heldMs);
    bench.time.advance(10_000);
    expect(bench.kinds).toBe(kind);
  });

  test('that is held sooner than a long press would be is never long', () => {
    const bench = new Bench({ ...BUTTON, holdMs: 2_000 });
    bench.ground(pin, 1_999);
    bench.time.advance(10_000);
    bench.ground(pin, 5_000);
    bench.time.advance(10_000);
    expect(bench.kinds).toBe('short held');
  });

  test('held as the second of a double is held, and nothing else', () => {
    const bench = new Bench(BUTTON);
    bench.ground(pin, 100);
    bench.time.advance(100);
    bench.ground(pin, 11_000);
    bench.time.advance(10_000);
    expect(bench.kinds).toBe('held');
  });

  test('that closes to the supply has active level 1', () => {
    const bench = new Bench({ ...BUTTON, activeLevel: 1 });
    bench.bank.setInput(pin, 1);
    bench.time.advance(100);
    bench.bank.setInput(pin, 0);
    bench.time.advance(10_000);
    expect(bench.kinds).toBe('short');
  });

  test('a pulse that is shorter than the debounce time is none', () => {
    const bench = new Bench(BUTTON);
    bench.ground(pin, 29);
    bench.time.advance(10_000);
    expect(bench.presses).toEqual([]);
  });

  test('with no debounce time takes every edge that it is told of', () => {
    const bench = new Bench({ ...BUTTON, debounceMs: 0, doubleMs: 0 });
    bench.ground(pin, 1);
    bench.time.advance(1);
    expect(bench.kinds).toBe('short');
  });

  test('stuck at boot never counts, and counts again once it was let go', () => {
    const bench = new Bench(BUTTON, { prepare: (bank) => bank.setInput(pin, 0) });
    bench.time.advance(60_000);
    bench.bank.setInput(pin, undefined);
    bench.time.advance(1_000);
    expect(bench.presses).toEqual([]);
    bench.ground(pin, 100);
    bench.time.advance(1_000);
    expect(bench.kinds).toBe('short');
  });

  test('nothing polls it: at rest there is no timer', () => {
    const bench = new Bench(BUTTON);
    expect(bench.time.pending).toBe(0);
    bench.ground(pin, 100);
    bench.time.advance(1_000);
    expect(bench.time.pending).toBe(0);
  });

  test('has nothing to read', () => {
    const { inputs } = new Bench(BUTTON);
    expect([inputs.read(0), inputs.read(1)]).toEqual([undefined, undefined]);
  });

  test.each([0, 10, 50, 200])('closed %i ms after it was pressed tells nothing more and leaves no timer', (ms) => {
    const bench = new Bench(BUTTON);
    bench.ground(pin, ms);
    bench.inputs.close();
    bench.inputs.close();
    bench.time.advance(60_000);
    expect(bench.presses).toEqual([]);
    expect(bench.time.pending).toBe(0);
    const { Digital } = bench.bank;
    new Digital({ pin, mode: Digital.Input }).close();
  });

  test('however its contacts bounce, one press is one press', () => {
    const bounces = fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 12 });
    const press = fc.record({ down: bounces, up: bounces, heldMs: fc.integer({ min: 31, max: 2_500 }) });
    fc.assert(
      fc.property(fc.array(press, { maxLength: 5 }), (presses) => {
        const bench = new Bench(BUTTON);
        /** Edges that follow each other within the debounce time, the last of them to `level`. */
        const bounce = (gapsMs: readonly number[], level: 0 | undefined): void => {
          const other = level === 0 ? undefined : 0;
          bench.bank.setInput(pin, level);
          for (const gapMs of gapsMs) {
            bench.time.advance(gapMs);
            bench.bank.setInput(pin, other);
            bench.time.advance(29 - gapMs);
            bench.bank.setInput(pin, level);
          }
        };
        for (const { down, up, heldMs } of presses) {
          bounce(down, 0);
          bench.time.advance(heldMs);
          bounce(up, undefined);
          bench.time.advance(400);
        }
        expect(bench.kinds).toBe(presses.map(() => 'short').join(' '));
      }),
      { numRuns: 2000 },
    );
  });
});
