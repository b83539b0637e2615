import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Product } from '../../src/core/product.js';
import { Bench, productLike } from './bench.js';

const PIN = 16;

function oneRelay(relay: Record<string, unknown> = {}): Product {
  return productLike('SW-RELAY-002', {
    outputs: [{ type: 'relay', pin: PIN, ...relay }],
    interlocks: [],
    properties: [],
  });
}

const on = { kind: 'position', channel: 0, position: 'up' } as const;
const off = { kind: 'position', channel: 0, position: 'down' } as const;

describe('a relay', () => {
  test.each([0, 1] as const)('drives its active level %i and nothing else, from the first instant', (activeLevel) => {
    const bench = new Bench(oneRelay({ activeLevel }));
    const idle = activeLevel === 1 ? 0 : 1;
    bench.tell(on);
    bench.tell(off);
    expect(bench.changes.map(({ value }) => value)).toEqual([idle, activeLevel, idle]);
  });

  test('switches at once, reports at the next tick, and its contact follows', () => {
    const bench = new Bench(oneRelay());
    bench.tell(on);
    expect([bench.control.read(0, 'on'), bench.control.read(0, 'position')]).toEqual([true, 'up']);
    expect(bench.settled).toEqual([]);
    bench.time.advance(8);
    expect(bench.settled).toEqual([{ channel: 0, value: 1, atMs: 0 }]);
    expect(bench.relays.get(0)!.closed).toBe(true);
  });

  test('flips', () => {
    const bench = new Bench(oneRelay());
    const seen = [1, 2, 3].map(() => {
      bench.tell({ kind: 'flip', channel: 0 });
      bench.time.advance(1);
      return bench.control.read(0, 'on');
    });
    expect(seen).toEqual([true, false, true]);
  });

  test('refuses middle and angles, naming what it is', () => {
    const { control } = new Bench(oneRelay());
    expect(control.check({ kind: 'position', channel: 0, position: 'middle' })).toEqual({
      code: 460,
      message: 'position: channel 0 is a relay and knows up and down only',
    });
    expect(control.check({ kind: 'angle', channel: 0, angleDeg: 90 })?.code).toBe(460);
  });

  test.each([
    ['off', 1, 0],
    ['off', undefined, 0],
    ['on', 0, 1],
    ['on', undefined, 1],
    ['last', 1, 1],
    ['last', 0, 0],
    ['last', undefined, 0],
  ] as const)(
    'with power-on rule %s and last value %s it starts at %i without a blip (anchors: complaint 5)',
    (powerOn, last, level) => {
      const bench = new Bench(oneRelay({ powerOn }), { lastValues: [last] });
      bench.time.advance(10_000);
      expect(bench.changes).toEqual([{ pin: PIN, kind: 'digital', value: level, atMs: 0 }]);
      expect(bench.settled).toEqual([]);
    },
  );

  test.each(['off', 'on', 'last'] as const)(
    'keeps its state through a wanted restart, whatever its power-on rule %s',
    async (powerOn) => {
      for (const command of [on, off]) {
        const bench = new Bench(oneRelay({ powerOn }));
        bench.tell(command);
        bench.time.advance(1);
        const lastValues = await bench.stop();
        const before = bench.changes.length;
        bench.boot({ lastValues, keepState: true });
        bench.time.advance(1000);
        expect(bench.changes.length).toBe(before);
        expect(bench.control.read(0, 'on')).toBe(command === on);
      }
    },
  );

  test('a command that comes too early waits, and only the latest waits', () => {
    const bench = new Bench(oneRelay({ minOnMs: 5000, minOffMs: 1000 }));
    bench.time.advance(1000);
    bench.tell(on);
    bench.time.advance(1);
    bench.tell(off);
    expect(bench.control.busy).toBe(true);
    bench.time.advance(2000);
    bench.tell(on);
    bench.time.advance(1);
    expect(bench.control.busy).toBe(false);
    bench.tell(off);
    bench.time.advance(2997);
    expect(bench.control.read(0, 'on')).toBe(true);
    bench.time.advance(1);
    expect(bench.control.read(0, 'on')).toBe(false);
    bench.rest();
    expect(bench.settled.map(({ value }) => value)).toEqual([1, 1, 0]);
  });

  test('the minimum time off also holds from power-on, since nobody knows how long it was off', () => {
    const bench = new Bench(oneRelay({ minOffMs: 180_000, powerOn: 'on' }));
    bench.time.advance(179_999);
    expect(bench.control.read(0, 'on')).toBe(false);
    bench.time.advance(1);
    expect(bench.control.read(0, 'on')).toBe(true);
  });

  test('a pulse is on for its time, at most for its limit, and counts from when it is on', () => {
    const bench = new Bench(oneRelay({ minOffMs: 1000, pulse: { maxMs: 5000 } }));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 60_000 });
    bench.time.advance(500_000);
    expect(bench.changes.map(({ value, atMs }) => [value, atMs])).toEqual([
      [0, 0],
      [1, 1000],
      [0, 6000],
    ]);
    expect(bench.settled.map(({ value }) => value)).toEqual([1, 0]);
    expect(bench.rests).toBe(1);
  });

  test('a pulse is stored as its rest also while a minimum time holds its end back', () => {
    const bench = new Bench(oneRelay({ minOnMs: 10_000, powerOn: 'last' }));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 100 });
    for (const ms of [50, 100, 5000]) {
      bench.time.advance(ms);
      expect(bench.control.read(0, 'on')).toBe(true);
      expect(bench.control.restValues()).toEqual([0]);
    }
  });

  test('a clean stop ends a pulse at its rest', async () => {
    const bench = new Bench(oneRelay());
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 10_000 });
    bench.time.advance(10);
    expect(await bench.stop()).toEqual([0]);
    expect(bench.bank.level(PIN)).toBe(0);
    const inverted = new Bench(oneRelay({ pulse: { position: 'down', rest: 'up' } }));
    inverted.tell({ kind: 'pulse', channel: 0, durationMs: 10_000 });
    inverted.time.advance(10);
    expect(inverted.control.restValues()).toEqual([1]);
    expect(await inverted.stop()).toEqual([1]);
    expect(inverted.bank.level(PIN)).toBe(1);
  });

  test('a clean stop drops a held-back command to go on and does one to go off', async () => {
    const waitsOn = new Bench(oneRelay({ minOffMs: 10_000 }));
    waitsOn.tell(on);
    expect(await waitsOn.stop()).toEqual([0]);
    const waitsOff = new Bench(oneRelay({ minOnMs: 10_000 }));
    waitsOff.tell(on);
    waitsOff.tell(off);
    expect(await waitsOff.stop()).toEqual([0]);
    expect(waitsOff.bank.level(PIN)).toBe(0);
  });
});

describe('two interlocked relays', () => {
  const product = productLike('SW-RELAY-002');
  const tell = (bench: Bench, channel: number, position: 'up' | 'down'): void =>
    bench.tell({ kind: 'position', channel, position });

  test('switching one on switches the other off first and waits for the dead time', () => {
    const bench = new Bench(product);
    bench.time.advance(1000);
    tell(bench, 0, 'up');
    bench.time.advance(2000);
    tell(bench, 1, 'up');
    bench.time.advance(2000);
    expect(bench.changes.slice(2).map(({ pin, value, atMs }) => [pin, value, atMs])).toEqual([
      [16, 1, 1000],
      [16, 0, 3000],
      [17, 1, 3500],
    ]);
    expect(bench.settled.map(({ channel, value }) => [channel, value])).toEqual([
      [0, 1],
      [0, 0],
      [1, 1],
    ]);
  });

  test('the later command wins while one waits, and the one that waited is reported as it is', () => {
    const bench = new Bench(product);
    bench.time.advance(1000);
    tell(bench, 0, 'up');
    bench.time.advance(10);
    tell(bench, 1, 'up');
    bench.time.advance(100);
    tell(bench, 0, 'up');
    bench.time.advance(5000);
    expect([bench.control.read(0, 'on'), bench.control.read(1, 'on')]).toEqual([true, false]);
    expect(bench.settled.map(({ channel, value }) => [channel, value])).toEqual([
      [0, 1],
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
  });

  test.each([0, 3000])(
    'a change of direction is stored as the new one from the command on, also where the first must stay on for %i ms',
    (minOnMs) => {
      const relay = { type: 'relay', powerOn: 'last', minOnMs };
      const last = productLike('SW-RELAY-002', { outputs: [16, 17].map((pin) => ({ ...relay, pin })) });
      const bench = new Bench(last);
      bench.time.advance(1000);
      tell(bench, 0, 'up');
      bench.time.advance(10);
      expect(bench.control.restValues()).toEqual([1, 0]);
      tell(bench, 1, 'up');
      bench.watch(minOnMs + 1000, () => expect(bench.control.restValues()).toEqual([0, 1]));
      bench.powerCut();
      bench.boot({ lastValues: [0, 1] });
      bench.time.advance(1000);
      expect([bench.control.read(0, 'on'), bench.control.read(1, 'on')]).toEqual([false, true]);
    },
  );

  test('the first holds on for its minimum time although the other waits', () => {
    const slow = productLike('SW-RELAY-002', {
      outputs: [
        { type: 'relay', pin: 16, minOnMs: 3000 },
        { type: 'relay', pin: 17 },
      ],
    });
    const bench = new Bench(slow);
    bench.time.advance(1000);
    tell(bench, 0, 'up');
    bench.time.advance(500);
    tell(bench, 1, 'up');
    bench.time.advance(10_000);
    expect(bench.changes.slice(2).map(({ pin, value, atMs }) => [pin, value, atMs])).toEqual([
      [16, 1, 1000],
      [16, 0, 4000],
      [17, 1, 4500],
    ]);
  });

  test('a pulse ends when the other is told to go on, and does not come back', () => {
    const bench = new Bench(product);
    bench.time.advance(1000);
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 5000 });
    bench.time.advance(100);
    tell(bench, 1, 'up');
    bench.time.advance(60_000);
    expect([bench.control.read(0, 'on'), bench.control.read(1, 'on')]).toEqual([false, true]);
  });

  test.each(['on', 'last'] as const)(
    'with power-on rule %s for both only the first comes on, after the dead time (anchors: complaint 5)',
    (powerOn) => {
      const both = productLike('SW-RELAY-002', { outputs: [16, 17].map((pin) => ({ type: 'relay', pin, powerOn })) });
      const bench = new Bench(both, { lastValues: [1, 1] });
      bench.time.advance(499);
      expect([bench.bank.level(16), bench.bank.level(17)]).toEqual([0, 0]);
      bench.time.advance(10_000);
      expect([bench.bank.level(16), bench.bank.level(17)]).toEqual([1, 0]);
    },
  );

  test('a crash with stale stored values does not close one contact before the other is open', () => {
    const last = productLike('SW-RELAY-002', {
      outputs: [16, 17].map((pin) => ({ type: 'relay', pin, powerOn: 'last' })),
    });
    const bench = new Bench(last);
    bench.time.advance(1000);
    tell(bench, 1, 'up');
    bench.time.advance(100);
    bench.crash({ lastValues: [1, 0] });
    bench.watch(2000, () => {
      if (bench.relays.get(0)!.closed && bench.relays.get(1)!.closed) throw new Error('both contacts are closed');
    });
    expect(bench.control.read(0, 'on')).toBe(true);
  });

  test('the one that was on and is to be off is opened before the one that is to be on', () => {
    const bench = new Bench(product);
    bench.powerCut();
    new bench.bank.Digital({ pin: 17, mode: bench.bank.Digital.Output, initialValue: 1 }).close();
    bench.changes.length = 0;
    bench.boot({ lastValues: [1, 0], keepState: true });
    expect(bench.changes.map(({ pin, value }) => [pin, value])).toEqual([
      [17, 0],
      [16, 1],
    ]);
  });

  test('no boot has both on, whatever is on the pins, was stored, or is the power-on rule', () => {
    const level = fc.constantFrom(0 as const, 1 as const);
    const relay = fc.record({
      activeLevel: level,
      powerOn: fc.constantFrom('off', 'on', 'last'),
      minOffMs: fc.nat(500),
    });
    const stored = fc.array(fc.option(level, { nil: undefined }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.tuple(relay, relay, relay),
        fc.tuple(level, level, level),
        stored,
        fc.record({ keepState: fc.boolean(), safeMode: fc.boolean() }),
        (relays, levels, lastValues, boot) => {
          const three = productLike('SW-RELAY-002', {
            outputs: relays.map((options, channel) => ({ type: 'relay', pin: 16 + channel, ...options })),
            interlocks: [{ channels: [0, 1] }, { channels: [2, 1] }],
            properties: [],
          });
          const bench = new Bench(three);
          bench.powerCut();
          levels.forEach((initialValue, channel) => {
            new bench.bank.Digital({ pin: 16 + channel, mode: bench.bank.Digital.Output, initialValue }).close();
          });
          const isOn = (channel: number): boolean => bench.bank.level(16 + channel) === relays[channel]!.activeLevel;
          bench.bank.onChange((pin) => {
            const channel = pin - 16;
            for (const other of channel === 1 ? [0, 2] : [1]) {
              if (isOn(channel) && isOn(other)) throw new Error(`${channel} came on beside ${other}`);
            }
          });
          bench.boot({ lastValues, ...boot });
          expect(isOn(1) && (isOn(0) || isOn(2))).toBe(false);
          bench.time.advance(10_000);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
