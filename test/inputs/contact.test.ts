import { describe, expect, test } from 'vitest';
import { Bench, CONTACT } from './bench.js';

const { pin } = CONTACT;

describe('a contact', () => {
  test('is what it is at boot, and tells every change once it has settled', () => {
    const bench = new Bench(CONTACT, { prepare: (bank) => bank.setInput(pin, 0) });
    expect(bench.inputs.read(0)).toBe(true);
    bench.time.advance(5_000);
    expect(bench.changes).toEqual([]);
    bench.bank.setInput(pin, undefined);
    bench.time.advance(5_000);
    bench.bank.setInput(pin, 0);
    bench.time.advance(5_000);
    expect(bench.changes).toEqual([
      { atMs: 5_030, value: false },
      { atMs: 10_030, value: true },
    ]);
  });

  test('with active level 1 is on at 1, and off where nothing pulls it', () => {
    const bench = new Bench({ ...CONTACT, activeLevel: 1 });
    expect(bench.inputs.read(0)).toBe(false);
    bench.bank.setInput(pin, 1);
    bench.time.advance(100);
    expect(bench.inputs.read(0)).toBe(true);
  });

  test('its bounces are no changes', () => {
    const bench = new Bench(CONTACT);
    for (let bounce = 0; bounce < 9; bounce++) {
      bench.ground(pin, 10);
      bench.time.advance(15);
    }
    bench.time.advance(5_000);
    expect(bench.changes).toEqual([]);
    expect(bench.inputs.read(0)).toBe(false);
  });

  test('changes at most once in its interval, and then to what it is by then', () => {
    const bench = new Bench(CONTACT);
    bench.ground(pin, 100);
    for (let change = 0; change < 4; change++) {
      bench.time.advance(100);
      bench.ground(pin, 100);
    }
    bench.bank.setInput(pin, undefined);
    bench.time.advance(5_000);
    expect(bench.changes).toEqual([
      { atMs: 30, value: true },
      { atMs: 1_030, value: false },
    ]);
    expect(bench.time.pending).toBe(0);
  });

  test('that is back where it was when its interval is over has not changed', () => {
    const bench = new Bench(CONTACT);
    bench.bank.setInput(pin, 0);
    bench.time.advance(100);
    bench.bank.setInput(pin, undefined);
    bench.time.advance(100);
    bench.bank.setInput(pin, 0);
    bench.time.advance(60_000);
    expect(bench.changes).toEqual([{ atMs: 30, value: true }]);
    expect(bench.inputs.read(0)).toBe(true);
  });

  test('closed, it tells nothing more and still knows what it was', () => {
    const bench = new Bench(CONTACT);
    bench.bank.setInput(pin, 0);
    bench.time.advance(100);
    bench.bank.setInput(pin, undefined);
    bench.time.advance(100);
    bench.inputs.close();
    bench.bank.setInput(pin, 0);
    bench.time.advance(60_000);
    expect(bench.changes).toHaveLength(1);
    expect(bench.inputs.read(0)).toBe(true);
    expect(bench.time.pending).toBe(0);
  });
});
