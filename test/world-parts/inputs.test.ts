import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { SimButton } from '../../host-sim/world/sim-button.js';
import { SimContact } from '../../host-sim/world/sim-contact.js';
import { SimSource } from '../../host-sim/world/sim-source.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { Random } from '../../src/ports/random.js';

function randomOf(seed: number): Random {
  let state = seed;
  return {
    uint32: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    },
  };
}

function bench(bounceMs?: number, activeLevel: 0 | 1 = 0) {
  const time = new VirtualTime();
  const bank = new PinBank({ clock: time.clock });
  const options = {
    timer: time.timer,
    random: randomOf(1),
    activeLevel,
    ...(bounceMs === undefined ? {} : { bounceMs }),
  };
  const pin = new bank.Digital({ pin: 0, mode: activeLevel === 0 ? bank.Digital.InputPullUp : bank.Digital.Input });
  /** What the pin reads in each of the next `ms` milliseconds. */
  const trace = (ms: number): string => {
    let levels = '';
    for (let step = 0; step < ms; step++) {
      levels += pin.read();
      time.advance(1);
    }
    return levels;
  };
  return { time, bank, options, pin, trace };
}

describe('a simulated button', () => {
  test('pulls its pin to its level while it is pressed, and lets it go after', () => {
    const { bank, options, trace } = bench(0);
    const button = new SimButton(options);
    button.connect(bank, 0);
    expect(trace(2)).toBe('11');
    button.press(3);
    expect(trace(5)).toBe('00011');
    expect(button.edges).toBe(2);
  });

  test('bounces for a few milliseconds whenever it is pressed or let go, and rests then', () => {
    const bounces = new Set<string>();
    const { bank, options, time, trace } = bench();
    const button = new SimButton(options);
    button.connect(bank, 0);
    for (let round = 0; round < 20; round++) {
      button.press(50);
      const [down, held, up, after] = [trace(5), trace(45), trace(5), trace(45)];
      expect([down[0], up[0]]).toEqual(['0', '1']);
      expect(held).toBe('0'.repeat(45));
      expect(after).toBe('1'.repeat(45));
      bounces.add(down).add(up);
    }
    expect(bounces.size).toBeGreaterThan(10);
    expect(button.edges).toBeGreaterThan(60);
    expect(time.pending).toBe(0);
  });

  test('is the same button again from the same random numbers', () => {
    const traces = [0, 1].map(() => {
      const { bank, options, trace } = bench();
      const button = new SimButton(options);
      button.connect(bank, 0);
      button.double();
      return trace(400);
    });
    expect(traces[0]).toBe(traces[1]);
  });

  test('a double is two short presses, a hold one long one', () => {
    const { bank, options, trace } = bench(0);
    const button = new SimButton(options);
    button.connect(bank, 0);
    button.double(150);
    expect(trace(400)).toBe(`${'0'.repeat(100)}${'1'.repeat(150)}${'0'.repeat(100)}${'1'.repeat(50)}`);
    button.hold(2_000);
    expect(trace(2_001)).toBe(`${'0'.repeat(2_000)}1`);
  });

  test('a press that comes in the middle of another lets go first', () => {
    const { bank, options, time, trace } = bench(0);
    const button = new SimButton(options);
    button.connect(bank, 0);
    button.hold();
    time.advance(500);
    button.press(10);
    expect([button.edges, button.pressed]).toEqual([3, true]);
    expect(trace(12)).toBe('000000000011');
    time.advance(5_000);
    expect(button.edges).toBe(4);
  });

  test('with active level 1 it reads 1 while it is down; taken off its wire it does nothing', () => {
    const { bank, options, pin } = bench(0, 1);
    const button = new SimButton(options);
    const unwire = button.connect(bank, 0);
    button.down();
    expect(pin.read()).toBe(1);
    unwire();
    unwire();
    expect(pin.read()).toBe(0);
    button.up();
    button.down();
    expect(pin.read()).toBe(0);
  });
});

describe('a simulated contact', () => {
  test('is open at first, and stays where the door is', () => {
    const { bank, options, time, pin } = bench();
    const door = new SimContact(options);
    door.connect(bank, 0);
    expect([door.closed, pin.read()]).toEqual([false, 1]);
    door.close();
    door.close();
    time.advance(10);
    expect([door.closed, pin.read()]).toEqual([true, 0]);
    door.open();
    time.advance(10);
    expect([door.closed, pin.read()]).toEqual([false, 1]);
    expect(door.edges % 2).toBe(0);
  });
});

describe('a simulated voltage', () => {
  function source(options: { level?: number; noise?: number } = {}) {
    const time = new VirtualTime();
    const bank = new PinBank({ clock: time.clock });
    const made = new SimSource({ clock: time.clock, random: randomOf(3), ...options });
    made.connect(bank, 34);
    return { time, bank, made, pin: new bank.Analog({ pin: 34 }) };
  }

  test('without noise it is what was set', () => {
    const { made, pin } = source({ level: 0.25, noise: 0 });
    expect(pin.read()).toBe(1024);
    made.set(1);
    expect(pin.read()).toBe(4095);
  });

  test('goes evenly to another voltage, also from the middle of a slope', () => {
    const { time, made } = source({ level: 0, noise: 0 });
    made.set(1, 1_000);
    time.advance(250);
    expect(made.level).toBeCloseTo(0.25);
    time.advance(250);
    made.set(0, 100);
    time.advance(50);
    expect(made.level).toBeCloseTo(0.25);
    time.advance(1_000);
    expect(made.level).toBe(0);
  });

  test('its noise has the deviation that was asked for, lies around the voltage, and stays within the range', () => {
    const { time, made, pin } = source({ noise: 0.01 });
    const readings = Array.from({ length: 5_000 }, () => {
      time.advance(1);
      return pin.read() / 4095;
    });
    const mean = readings.reduce((sum, reading) => sum + reading, 0) / readings.length;
    const deviation = Math.sqrt(readings.reduce((sum, reading) => sum + (reading - mean) ** 2, 0) / readings.length);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(deviation).toBeGreaterThan(0.009);
    expect(deviation).toBeLessThan(0.011);
    made.set(1);
    for (let step = 0; step < 100; step++) {
      time.advance(1);
      expect(pin.read()).toBeLessThanOrEqual(4095);
    }
  });

  test('is the same within a millisecond, however often it is measured', () => {
    const [often, once] = [source({ noise: 0.01 }), source({ noise: 0.01 })];
    for (let step = 0; step < 100; step++) {
      often.time.advance(1);
      once.time.advance(1);
      expect(often.pin.read()).toBe(often.pin.read());
    }
    expect(often.pin.read()).toBe(once.pin.read());
  });
});
