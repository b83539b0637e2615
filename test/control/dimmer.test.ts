import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Product } from '../../src/core/product.js';
import { Bench, productLike } from './bench.js';

const PIN = 18;
const FULL = 2 ** 14 - 1;

function lamp(dimmer: Record<string, unknown> = {}, changes: Record<string, unknown> = {}): Product {
  return productLike('SW-SERVO-001', {
    outputs: [{ type: 'dimmer', pin: PIN, ...dimmer }],
    properties: [],
    ...changes,
  });
}

const level = (percent: number) => ({ kind: 'level', channel: 0, level: percent }) as const;
const position = (name: 'up' | 'middle' | 'down') => ({ kind: 'position', channel: 0, position: name }) as const;

describe('a lamp', () => {
  test('is dark from its first instant until its first command', () => {
    const bench = new Bench(lamp());
    bench.time.advance(60_000);
    expect(bench.changes).toEqual([{ pin: PIN, kind: 'pwm', value: 0, atMs: 0 }]);
    expect(bench.settled).toEqual([]);
  });

  test('lights as gamma says, and is a whole percent', () => {
    const bench = new Bench(lamp({ gamma: 2, fadeMs: 0 }));
    for (const [told, is] of [
      [50, 50],
      [12.4, 12],
      [100, 100],
      [0, 0],
    ] as const) {
      bench.tell(level(told));
      expect(bench.light()).toBeCloseTo((is / 100) ** 2, 3);
      expect(bench.control.read(0, 'level')).toBe(is);
    }
  });

  test('with active level 0 gives the rest of the cycle', () => {
    const bench = new Bench(lamp({ gamma: 1, fadeMs: 0, activeLevel: 0 }));
    expect(bench.bank.duty(PIN)).toBe(FULL);
    bench.tell(level(25));
    expect(bench.bank.duty(PIN)).toBe(Math.round(FULL * 0.75));
    bench.tell(level(100));
    expect(bench.bank.duty(PIN)).toBe(0);
  });

  test('that is on is never below its lowest level, nor dark for lack of duty', () => {
    const bench = new Bench(lamp({ fadeMs: 0, minLevel: 20 }));
    bench.tell(level(3));
    expect(bench.control.read(0, 'level')).toBe(20);
    const fine = new Bench(lamp({ fadeMs: 0, minLevel: 0, gamma: 4 }), { pwmResolution: 8 });
    fine.tell(level(1));
    expect(fine.bank.duty(PIN)).toBe(1);
    fine.tell(level(0.2));
    expect([fine.bank.duty(PIN), fine.control.read(0, 'level')]).toEqual([1, 1]);
  });

  test('fades in steps of 20 ms, in the time that the whole range takes, and reports once it is there', () => {
    const bench = new Bench(lamp({ gamma: 1, fadeMs: 1000 }));
    bench.tell(level(100));
    expect(bench.control.busy).toBe(true);
    bench.time.advance(500);
    expect(bench.control.read(0, 'level')).toBe(50);
    expect(bench.settled).toEqual([]);
    bench.time.advance(10_000);
    const steps = bench.changes.slice(1);
    expect(steps).toHaveLength(50);
    expect(new Set(steps.slice(1).map(({ atMs }, index) => atMs - steps[index]!.atMs))).toEqual(new Set([20]));
    expect(bench.settled).toEqual([{ channel: 0, value: 100, atMs: 1000 }]);
    expect([bench.control.busy, bench.rests]).toEqual([false, 1]);
  });

  test('turned round in the middle of a fade goes back from where it is, and reports once', () => {
    const bench = new Bench(lamp({ fadeMs: 1000 }));
    bench.tell(level(100));
    bench.time.advance(600);
    const brightest = bench.light();
    bench.tell(level(0));
    bench.watch(5000, () => {
      if (bench.light() > brightest) throw new Error('it went on getting brighter');
    });
    expect(bench.settled).toEqual([{ channel: 0, value: 0, atMs: 1200 }]);
  });

  test('a fade to where it is at this moment ends there', () => {
    const bench = new Bench(lamp({ fadeMs: 1000 }));
    bench.tell(level(100));
    bench.time.advance(500);
    bench.tell(level(50));
    bench.time.advance(1000);
    expect(bench.settled.map(({ value }) => value)).toEqual([50]);
    expect(bench.control.busy).toBe(false);
  });

  test('leaves the dark at its lowest level and goes dark from there', () => {
    const bench = new Bench(lamp({ gamma: 1, fadeMs: 1000, minLevel: 30 }));
    bench.tell(level(40));
    bench.rest();
    bench.tell(level(0));
    bench.rest();
    const levels = bench.changes.slice(1).map(({ value }) => Math.round((100 * value) / FULL));
    expect(levels).toEqual([30, 32, 34, 36, 38, 40, 38, 36, 34, 32, 30, 0]);
  });

  test('settles at the next tick when it is there already or does not fade, and never from inside the call', () => {
    const bench = new Bench(lamp({ fadeMs: 0 }));
    bench.tell(level(70));
    expect(bench.settled).toEqual([]);
    bench.time.advance(0);
    bench.tell(level(70));
    bench.time.advance(0);
    expect(bench.settled.map(({ value }) => value)).toEqual([70, 70]);
  });

  test('knows the named positions, with a tie as middle, and flips by them', () => {
    const bench = new Bench(lamp({ fadeMs: 0 }));
    const seen = [76, 75, 50, 25, 24, 0].map((percent) => {
      bench.tell(level(percent));
      return bench.control.read(0, 'position');
    });
    expect(seen.join(' ')).toBe('up middle middle middle down down');
    const flipped = [0, 100, 50, 80].map((percent) => {
      bench.tell(level(percent));
      bench.tell({ kind: 'flip', channel: 0 });
      return bench.control.read(0, 'level');
    });
    expect(flipped).toEqual([100, 0, 100, 0]);
    const places = (['up', 'middle', 'down'] as const).map((name) => {
      bench.tell(position(name));
      return bench.control.read(0, 'level');
    });
    expect(places).toEqual([100, 50, 0]);
  });

  test('a flip in the middle of a fade turns it round', () => {
    const bench = new Bench(lamp({ fadeMs: 1000 }));
    bench.tell({ kind: 'flip', channel: 0 });
    bench.time.advance(200);
    bench.tell({ kind: 'flip', channel: 0 });
    bench.rest();
    expect(bench.control.read(0, 'on')).toBe(false);
  });

  test('takes the legacy angle for a level: 180 is full', () => {
    const bench = new Bench(lamp({ fadeMs: 0 }));
    for (const [angleDeg, percent] of [
      [180, 100],
      [90, 50],
      [45, 25],
      [1, 1],
      [0, 0],
    ] as const) {
      bench.tell({ kind: 'angle', channel: 0, angleDeg });
      expect([bench.control.read(0, 'level'), bench.control.read(0, 'on')]).toEqual([percent, percent > 0]);
    }
    bench.tell(level(100));
    expect(bench.control.read(0, 'angle')).toBe(180);
  });

  test.each([-1, 101, Number.NaN])('refuses the level %d', (percent) => {
    const bench = new Bench(lamp());
    expect(bench.control.apply(level(percent))).toEqual({ code: 460, message: 'level: must be from 0 to 100' });
  });

  test('is what relays and servos are not: they refuse levels by name', () => {
    expect(new Bench(productLike('SW-SERVO-001')).control.check(level(5))?.message).toBe(
      'level: channel 0 is a servo and has no level',
    );
    expect(new Bench(productLike('SW-RELAY-002')).control.check(level(5))?.message).toBe(
      'level: channel 0 is a relay and has no level',
    );
  });

  test.each([
    ['off', 40, 0],
    ['off', undefined, 0],
    ['on', 40, 40],
    ['on', 0, 100],
    ['on', undefined, 100],
    ['on', Number.NaN, 100],
    ['last', 40, 40],
    ['last', 0, 0],
    ['last', undefined, 0],
    ['last', 1000, 0],
  ] as const)('with power-on rule %s and last level %s it starts at %i, in one step', (powerOn, last, percent) => {
    const bench = new Bench(lamp({ powerOn }), { lastValues: [last] });
    expect(bench.control.read(0, 'level')).toBe(percent);
    bench.time.advance(10_000);
    expect(bench.changes.map(({ atMs }) => atMs)).toEqual([0]);
    expect(bench.light()).toBeCloseTo((percent / 100) ** 2.8, 2);
    expect(bench.settled).toEqual([]);
  });

  test.each(['off', 'on', 'last'] as const)(
    'keeps its level through a wanted restart without a change on its pin, whatever its power-on rule %s',
    async (powerOn) => {
      for (const activeLevel of [0, 1]) {
        for (const percent of [0, 1, 37, 50, 100]) {
          const bench = new Bench(lamp({ powerOn, activeLevel, gamma: percent === 50 ? 1 : 4 }), { pwmResolution: 8 });
          bench.tell(level(percent));
          bench.rest();
          const before = bench.changes.length;
          const light = bench.light();
          const lastValues = await bench.stop();
          bench.time.advance(300);
          bench.boot({ lastValues, keepState: true });
          bench.time.advance(1000);
          expect(bench.changes.slice(before)).toEqual([]);
          expect([bench.light(), bench.control.read(0, 'level')]).toEqual([light, percent]);
          expect(bench.bank.cutCycles).toBe(0);
        }
      }
    },
  );

  test('with active level 0 does not flash at boot, and comes on at its level', () => {
    const dark = new Bench(lamp({ activeLevel: 0 }));
    const lit = new Bench(lamp({ activeLevel: 0, gamma: 1, powerOn: 'last' }), { lastValues: [20] });
    dark.time.advance(1000);
    lit.time.advance(1000);
    expect(dark.changes).toEqual([{ pin: PIN, kind: 'pwm', value: FULL, atMs: 0 }]);
    expect(lit.changes).toEqual([{ pin: PIN, kind: 'pwm', value: Math.round(0.8 * FULL), atMs: 0 }]);
  });

  test('closed in the middle of a fade it is at once where that led', async () => {
    const bench = new Bench(lamp({ gamma: 1, fadeMs: 60_000 }));
    bench.tell(level(80));
    bench.time.advance(1000);
    expect(bench.control.restValues()).toEqual([80]);
    expect(await bench.stop()).toEqual([80]);
    expect(bench.light()).toBeCloseTo(0.8, 3);
    expect(bench.settled).toEqual([]);
    expect(bench.time.pending).toBe(0);
  });

  test('in its safe state is dark at once, tells so, and has nothing pending', () => {
    const bench = new Bench(lamp({ activeLevel: 0, powerOn: 'on' }));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 10_000 });
    bench.time.advance(300);
    bench.control.toSafe();
    expect(bench.light()).toBe(0);
    bench.time.advance(60_000);
    expect(bench.settled.at(-1)?.value).toBe(0);
    expect([bench.light(), bench.control.busy, bench.time.pending]).toEqual([0, false, 0]);
    expect(new Bench(lamp({ powerOn: 'on' }), { safeMode: true }).light()).toBe(0);
  });

  test('makes one timer a fade and none a step', () => {
    const bench = new Bench(lamp({ fadeMs: 10_000 }));
    bench.tell(level(100));
    const { pending } = bench.time;
    bench.watch(5000, () => {
      if (bench.time.pending !== pending) throw new Error('another timer');
    });
  });
});

describe('a pulse of a lamp', () => {
  test('lights up, holds its time, and goes to its rest', () => {
    const bench = new Bench(lamp({ fadeMs: 100, pulse: { position: 'up', rest: 'middle' } }));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 700 });
    bench.time.advance(100 + 699);
    expect(bench.control.read(0, 'level')).toBe(100);
    expect(bench.control.restValues()).toEqual([50]);
    bench.time.advance(1 + 60);
    expect(bench.settled).toEqual([
      { channel: 0, value: 100, atMs: 100 },
      { channel: 0, value: 50, atMs: 860 },
    ]);
    expect(bench.control.busy).toBe(false);
  });

  test('is never longer than its limit, and a clean stop ends it', async () => {
    const bench = new Bench(lamp({ fadeMs: 0, pulse: { maxMs: 2000 } }));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 1e9 });
    bench.time.advance(1999);
    expect(bench.light()).toBe(1);
    bench.time.advance(1);
    expect(bench.light()).toBe(0);
    bench.tell({ kind: 'pulse', channel: 0 });
    bench.time.advance(10);
    expect(await bench.stop()).toEqual([0]);
    expect(bench.light()).toBe(0);
  });

  test('ends when another command comes', () => {
    const bench = new Bench(lamp({ fadeMs: 0 }));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 1000 });
    bench.time.advance(500);
    bench.tell(level(30));
    bench.time.advance(60_000);
    expect(bench.control.read(0, 'level')).toBe(30);
  });
});

test('whatever a lamp is told, its light lies between where it was and its latest target, and ends there', () => {
  const told = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.nat(900));
  fc.assert(
    fc.property(
      fc.record({ fadeMs: fc.nat(2000), minLevel: fc.nat(50), gamma: fc.double({ min: 1, max: 4, noNaN: true }) }),
      fc.array(told, { minLength: 1, maxLength: 8 }),
      (dimmer, plan) => {
        const bench = new Bench(lamp(dimmer));
        const dutyOf = (percent: number): number =>
          percent === 0 ? 0 : Math.max(1, Math.round((percent / 100) ** dimmer.gamma * FULL));
        for (const [percent, waitMs] of plan) {
          const target = percent === 0 ? 0 : Math.max(dimmer.minLevel, percent);
          const from = bench.bank.duty(PIN);
          const since = bench.changes.length;
          bench.tell(level(percent));
          bench.time.advance(waitMs);
          let last = from;
          for (const { value } of bench.changes.slice(since)) {
            expect(value >= Math.min(from, dutyOf(target)) && value <= Math.max(from, dutyOf(target))).toBe(true);
            expect(Math.sign(value - last)).toBe(Math.sign(dutyOf(target) - from));
            if (value > 0) expect(value).toBeGreaterThanOrEqual(dutyOf(dimmer.minLevel));
            last = value;
          }
        }
        bench.time.advance(5000);
        const [percent] = plan.at(-1)!;
        expect(bench.settled.at(-1)?.value).toBe(percent === 0 ? 0 : Math.max(dimmer.minLevel, percent));
        expect(bench.bank.duty(PIN)).toBe(dutyOf(bench.settled.at(-1)!.value));
      },
    ),
    { numRuns: 500 },
  );
});
