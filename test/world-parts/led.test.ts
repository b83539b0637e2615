import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { blinkCycle } from '../../host-sim/world/blink-cycle.js';
import { SimLed } from '../../host-sim/world/sim-led.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { StatusLed } from '../../src/board/status-led.js';
import { IDENTIFY, type LedPattern, ledPattern } from '../../src/core/led-pattern.js';
import { INITIAL_LIFE } from '../../src/core/life-cycle.js';
import type { Timer } from '../../src/ports/timer.js';

const PIN = 2;
const PATTERNS: readonly LedPattern[] = [
  IDENTIFY,
  ...(['unprovisioned', 'provisioning', 'joining', 'activating', 'updating'] as const).map((phase) =>
    ledPattern({ ...INITIAL_LIFE, phase }, false, false),
  ),
  ledPattern({ ...INITIAL_LIFE, phase: 'joining', hopeless: true }, false, false),
  ledPattern({ ...INITIAL_LIFE, phase: 'online' }, true, false),
];

function bench(activeLevel: 0 | 1 = 1, lateMs = (): number => 0) {
  const time = new VirtualTime();
  const bank = new PinBank({ clock: time.clock });
  const led = new SimLed({ clock: time.clock, activeLevel });
  led.connect(bank, PIN);
  const timer: Timer = {
    ...time.timer,
    set: (callback, delayMs = 0) => time.timer.set(callback, delayMs + lateMs()),
    clear: (handle) => time.timer.clear(handle),
  };
  return { time, bank, led, firmware: new StatusLed(timer, bank, { pin: PIN, activeLevel }) };
}

describe('a simulated LED', () => {
  test.each([0, 1] as const)('with active level %i it is lit as its pin is driven, and dark without power', (level) => {
    const { time, bank, led, firmware } = bench(level);
    expect(led.on).toBe(false);
    firmware.show([1]);
    expect([led.on, led.cycle]).toEqual([true, []]);
    bank.powerOff();
    expect([led.on, led.cycle]).toEqual([false, []]);
    expect(time.pending).toBe(0);
  });

  test.each(PATTERNS)(
    'sees the firmware blink %i, %i, … just as it is written, however late its timers are',
    (...pattern) => {
      let seed = 7;
      const { time, led, firmware } = bench(1, () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return seed % 18;
      });
      firmware.show(PATTERNS.find((one) => one.join() === pattern.join())!);
      const seen = new Set<string>();
      for (let ms = 0; ms < 20_000; ms += 10) {
        time.advance(10);
        seen.add(led.cycle.join());
      }
      // Nothing but the pattern, at any time, and nothing else before it is known.
      expect([...seen]).toEqual(['', pattern.join()]);
    },
  );

  test('sees a new pattern once that has come around, and that a light has become steady', () => {
    const { time, led, firmware } = bench();
    firmware.show([500, 500]);
    time.advance(5_000);
    expect(led.cycle).toEqual([500, 500]);
    firmware.show([100, 900]);
    time.advance(6_000);
    expect(led.cycle).toEqual([100, 900]);
    firmware.show([1]);
    time.advance(2_000);
    expect([led.on, led.cycle]).toEqual([true, []]);
  });

  test('forgets with the power how it blinked', () => {
    const { time, bank, led, firmware } = bench();
    firmware.show([200, 200]);
    time.advance(5_000);
    expect(led.cycle).toEqual([200, 200]);
    firmware.close();
    bank.powerOff();
    expect(led.cycle).toEqual([]);
  });

  test('tells a blinking that is none of the firmware’s in steps of 50 ms, and nothing of what has no order', () => {
    const odd = Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? 342 : 731));
    expect(blinkCycle(odd, false)).toEqual([350, 750]);
    expect(blinkCycle(odd, true)).toEqual([750, 350]);
    expect(blinkCycle([10, 900, 33, 400, 70, 1_900, 250, 80, 600, 20, 10, 95], false)).toEqual([]);
    expect(blinkCycle([500, 500, 500], false)).toEqual([]);
  });
});
