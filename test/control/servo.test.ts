import { describe, expect, test } from 'vitest';
import { Bench, productLike } from './bench.js';

const PIN = 18;
const product = productLike('SW-SERVO-001');

describe('a servo', () => {
  test('gives no pulses from power-on until its first command, so it does not jump at boot (anchors: complaint 6)', () => {
    const bench = new Bench(product, { lastValues: [180] });
    bench.servos.get(0)!.turnByHand(37);
    bench.time.advance(60_000);
    expect(bench.bank.duty(PIN)).toBe(0);
    expect(bench.servos.get(0)!.angleDeg).toBe(37);
    expect(bench.changes).toEqual([{ pin: PIN, kind: 'pwm', value: 0, atMs: 0 }]);
    expect(bench.settled).toEqual([]);
  });

  test('starts its first move from the last known angle', () => {
    const bench = new Bench(product, { lastValues: [180] });
    bench.tell({ kind: 'position', channel: 0, position: 'down' });
    expect(bench.bank.pulseUs(PIN)).toBeCloseTo(2400, -1);
    bench.rest();
    expect(bench.bank.pulseUs(PIN)).toBeCloseTo(500, -1);
    expect(bench.servos.get(0)!.angleDeg).toBeCloseTo(0, 0);
  });

  test.each([
    ['up', 180],
    ['middle', 90],
    ['down', 0],
  ] as const)('goes to %s and reports the real angle once, after the motion', (position, angleDeg) => {
    const bench = new Bench(product, { lastValues: [45] });
    bench.tell({ kind: 'position', channel: 0, position });
    expect(bench.settled).toEqual([]);
    expect(bench.control.busy).toBe(true);
    bench.time.advance(5000);
    expect(bench.settled.map(({ value }) => value)).toEqual([angleDeg]);
    expect(bench.rests).toBe(1);
    expect([bench.control.read(0, 'angle'), bench.control.read(0, 'position')]).toEqual([angleDeg, position]);
    expect(Math.abs(bench.servos.get(0)!.angleDeg - angleDeg)).toBeLessThan(0.2);
  });

  test('settles at the next tick when it is there already, and never from inside the call', () => {
    const bench = new Bench(product, { lastValues: [90] });
    bench.tell({ kind: 'position', channel: 0, position: 'middle' });
    expect(bench.settled).toEqual([]);
    bench.time.advance(0);
    expect(bench.settled).toEqual([{ channel: 0, value: 90, atMs: 0 }]);
  });

  test('comes back from where a hand has turned it when told to go where it should be', () => {
    const bench = new Bench(product, { lastValues: [90] });
    bench.servos.get(0)!.turnByHand(20);
    bench.tell({ kind: 'position', channel: 0, position: 'middle' });
    bench.time.advance(250);
    expect(bench.servos.get(0)!.angleDeg).toBeCloseTo(90, 0);
  });

  test('stops its pulses 300 ms after it arrived and stays where it is', () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'position', channel: 0, position: 'up' });
    bench.rest();
    bench.time.advance(299);
    expect(bench.servos.get(0)!.attached).toBe(true);
    bench.time.advance(1);
    expect(bench.servos.get(0)!.attached).toBe(false);
    bench.time.advance(10_000);
    expect(bench.servos.get(0)!.angleDeg).toBeCloseTo(180, 0);
  });

  test('a command before that keeps the pulses going without a gap', () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'angle', channel: 0, angleDeg: 30 });
    bench.rest();
    bench.time.advance(200);
    bench.tell({ kind: 'angle', channel: 0, angleDeg: 120 });
    bench.rest();
    expect(bench.changes.slice(1).every(({ value }) => value > 0)).toBe(true);
  });

  test('turned round in mid-motion it goes on from where it is and reports once', () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'position', channel: 0, position: 'up' });
    bench.time.advance(300);
    const before = bench.bank.pulseUs(PIN);
    bench.tell({ kind: 'position', channel: 0, position: 'down' });
    expect(bench.bank.pulseUs(PIN)).toBe(before);
    bench.time.advance(5000);
    expect(bench.settled.map(({ value }) => value)).toEqual([0]);
  });

  test('commands that come faster than its steps do not hold it up', () => {
    const bench = new Bench(product, { lastValues: [0] });
    for (let angleDeg = 100; angleDeg < 180; angleDeg++) {
      bench.tell({ kind: 'angle', channel: 0, angleDeg });
      bench.time.advance(10);
    }
    expect(bench.control.read(0, 'angle')).toBeGreaterThan(150);
  });

  test('flips up to down and anything else to up, also in mid-motion', () => {
    const bench = new Bench(product, { lastValues: [100] });
    const flip = (): void => bench.tell({ kind: 'flip', channel: 0 });
    flip();
    bench.rest();
    expect(bench.control.read(0, 'position')).toBe('up');
    flip();
    bench.time.advance(100);
    expect(bench.control.read(0, 'position')).toBe('up');
    flip();
    bench.rest();
    expect(bench.control.read(0, 'position')).toBe('up');
    flip();
    bench.rest();
    expect(bench.control.read(0, 'position')).toBe('down');
  });

  test.each([10, 14])('clamps to its calibrated ends, also after rounding to a duty of %i bits', (pwmResolution) => {
    const narrow = productLike('SW-SERVO-001', {
      outputs: [
        { type: 'servo', pin: PIN, limitsDeg: { min: 31, max: 149 }, positionsDeg: { up: 149, middle: 90, down: 31 } },
      ],
    });
    const bench = new Bench(narrow, { lastValues: [500], pwmResolution });
    expect(bench.control.read(0, 'angle')).toBe(149);
    bench.servos.get(0)!.turnByHand(149);
    for (const angleDeg of [0, 180]) {
      bench.tell({ kind: 'angle', channel: 0, angleDeg });
      bench.watch(2000, () => {
        const { angleDeg: real } = bench.servos.get(0)!;
        if (real < 31 - 1e-9 || real > 149 + 1e-9) throw new Error(`${real}°`);
      });
    }
    expect(bench.settled.map(({ value }) => value)).toEqual([31, 149]);
  });

  test('takes a useless stored angle for none', () => {
    expect(new Bench(product, { lastValues: [Number.NaN] }).control.read(0, 'angle')).toBe(90);
    expect(new Bench(product, { lastValues: [] }).control.read(0, 'angle')).toBe(90);
  });

  test('closes its pin a whole cycle after the last pulse (anchors: complaint 6)', async () => {
    for (const afterMs of [0, 10, 333, 900, 1155, 1157, 1170, 5000]) {
      const bench = new Bench(product, { lastValues: [0] });
      bench.tell({ kind: 'position', channel: 0, position: 'up' });
      bench.time.advance(afterMs);
      expect(await bench.stop()).toEqual([180]);
      expect(bench.bank.cutCycles).toBe(0);
      expect(bench.servos.get(0)!.angleDeg).toBeCloseTo(180, 0);
      bench.boot();
    }
  });

  test('turned round in a motion it is stored as where it is going, and after a clean stop as where it is', async () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'position', channel: 0, position: 'up' });
    bench.time.advance(300);
    bench.tell({ kind: 'position', channel: 0, position: 'middle' });
    bench.watch(200, () => expect(bench.control.restValues()).toEqual([90]));
    bench.tell({ kind: 'position', channel: 0, position: 'down' });
    expect(bench.control.restValues()).toEqual([0]);
    const [closedDeg] = await bench.stop();
    expect(closedDeg).toBeCloseTo(bench.servos.get(0)!.angleDeg, 0);
  });

  test('closed in a slow motion it stops within 2 s and tells the angle that it has', async () => {
    const slow = productLike('SW-SERVO-001', { outputs: [{ type: 'servo', pin: PIN, speedDegPerS: 10 }] });
    const bench = new Bench(slow, { lastValues: [0] });
    bench.tell({ kind: 'position', channel: 0, position: 'up' });
    bench.time.advance(1000);
    const closedAt = bench.time.nowMs;
    let released = false;
    void bench.control.close().then(() => {
      released = true;
    });
    bench.time.advance(2020);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(released).toBe(true);
    expect(bench.time.nowMs - closedAt).toBe(2020);
    expect(Math.abs(bench.control.restValues()[0]! - bench.servos.get(0)!.angleDeg)).toBeLessThan(0.2);
    expect(bench.bank.cutCycles).toBe(0);
    expect(bench.settled).toEqual([]);
  });
});

describe('a pulse of a servo', () => {
  test('goes to the pulse position, holds there with force for the duration, and rests', () => {
    const bench = new Bench(product, { lastValues: [90] });
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 1500 });
    bench.time.runUntil(() => bench.settled.length === 1);
    const arrivedMs = bench.time.nowMs;
    expect(bench.control.read(0, 'position')).toBe('down');
    bench.watch(1499, () => {
      if (!bench.servos.get(0)!.attached || bench.control.read(0, 'angle') !== 0) throw new Error('let go too early');
    });
    bench.time.runUntil(() => bench.settled.length === 2);
    expect(bench.settled.map(({ value }) => value)).toEqual([0, 90]);
    expect(bench.settled[1]!.atMs - arrivedMs).toBeGreaterThan(1500);
    expect(bench.control.busy).toBe(false);
    expect(bench.rests).toBe(1);
  });

  test('takes 500 ms when no duration is given', () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'pulse', channel: 0 });
    bench.time.advance(0);
    bench.time.advance(500);
    expect(bench.control.read(0, 'angle')).toBe(0);
    bench.time.advance(40);
    expect(bench.bank.pulseUs(PIN)).toBeGreaterThan(500);
  });

  test('is never longer than its limit, whatever the command says (anchors: complaint 4)', () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'pulse', channel: 0, durationMs: Number.MAX_SAFE_INTEGER });
    bench.time.advance(61_000);
    expect(bench.control.read(0, 'position')).toBe('middle');
  });

  test('a new pulse restarts the time; reading and waiting do not', () => {
    const bench = new Bench(product, { lastValues: [0] });
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 1000 });
    bench.watch(600, () => bench.control.read(0, 'angle'));
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 1000 });
    bench.time.advance(1000);
    expect(bench.control.read(0, 'angle')).toBe(0);
    bench.rest();
    expect(bench.time.nowMs).toBeGreaterThan(1600);
    expect(bench.time.nowMs).toBeLessThan(2400);
  });

  test('any other command ends it', () => {
    const bench = new Bench(product, { lastValues: [90] });
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 1000 });
    bench.time.advance(200);
    bench.tell({ kind: 'position', channel: 0, position: 'up' });
    bench.time.advance(10_000);
    expect(bench.settled.map(({ value }) => value)).toEqual([180]);
  });

  test('is stored as its rest, and nothing of it resumes after a power cut', () => {
    const bench = new Bench(product, { lastValues: [180] });
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 10_000 });
    bench.time.advance(3000);
    const lastValues = bench.control.restValues();
    expect(lastValues).toEqual([90]);
    bench.powerCut();
    bench.boot({ lastValues });
    bench.time.advance(60_000);
    expect(bench.bank.duty(PIN)).toBe(0);
    expect(bench.control.busy).toBe(false);
  });

  test('a clean stop lets go of what it presses', async () => {
    const bench = new Bench(product, { lastValues: [90] });
    bench.tell({ kind: 'pulse', channel: 0, durationMs: 50_000 });
    bench.time.advance(3000);
    expect(await bench.stop()).toEqual([90]);
    expect(bench.servos.get(0)!.angleDeg).toBeCloseTo(90, 0);
  });
});
