import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { SimLamp } from '../../host-sim/world/sim-lamp.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

describe('a simulated lamp', () => {
  test('gives light in proportion to its duty, and looks brighter than that', () => {
    const time = new VirtualTime();
    const bank = new PinBank({ clock: time.clock });
    const lamp = new SimLamp({ clock: time.clock });
    lamp.connect(bank, 25);
    const pwm = new bank.PWM({ pin: 25, hz: 1_000 });
    expect(lamp.brightness).toBe(0);
    pwm.write(Math.round((2 ** pwm.resolution - 1) / 4));
    time.advance(1_000);
    expect(lamp.brightness).toBeCloseTo(0.25, 3);
    expect(lamp.perceivedLevel).toBeCloseTo(100 * 0.25 ** (1 / 2.2), 1);
  });

  test('follows its current a little later, and glows on when that ends', () => {
    const time = new VirtualTime();
    const lamp = new SimLamp({ clock: time.clock, afterglowMs: 50 });
    lamp.drive(1);
    expect(lamp.brightness).toBe(0);
    time.advance(50);
    expect(lamp.brightness).toBeCloseTo(1 - 1 / Math.E);
    time.advance(1_000);
    lamp.drive(0);
    time.advance(50);
    expect(lamp.brightness).toBeCloseTo(1 / Math.E);
    expect(lamp.power).toBe(0);
  });

  test('shows the same light however often it is asked', () => {
    const time = new VirtualTime();
    const [asked, left] = [new SimLamp({ clock: time.clock }), new SimLamp({ clock: time.clock })];
    asked.drive(1);
    left.drive(1);
    for (let step = 0; step < 60; step++) {
      time.advance(1);
      asked.brightness;
    }
    expect(asked.brightness).toBeCloseTo(left.brightness, 9);
  });

  test.each([0, 1] as const)(
    'with active level %i it is dark while nothing drives its pin, also after a power cut',
    (activeLevel) => {
      const time = new VirtualTime();
      const bank = new PinBank({ clock: time.clock });
      const lamp = new SimLamp({ clock: time.clock, activeLevel });
      lamp.connect(bank, 25);
      time.advance(500);
      expect(lamp.brightness).toBe(0);
      const pwm = new bank.PWM({ pin: 25, hz: 1_000 });
      pwm.write(activeLevel === 1 ? 2 ** pwm.resolution - 1 : 0);
      time.advance(500);
      expect(lamp.brightness).toBeCloseTo(1);
      bank.powerOff();
      time.advance(500);
      expect(lamp.brightness).toBeCloseTo(0);
    },
  );

  test('a lamp without afterglow is at once what its current is, and a digital pin lights it too', () => {
    const time = new VirtualTime();
    const bank = new PinBank({ clock: time.clock });
    const lamp = new SimLamp({ clock: time.clock, afterglowMs: 0 });
    const unwire = lamp.connect(bank, 25);
    const pin = new bank.Digital({ pin: 25, mode: bank.Digital.Output, initialValue: 1 });
    time.advance(1);
    expect(lamp.brightness).toBe(1);
    unwire();
    pin.write(0);
    time.advance(1);
    expect(lamp.brightness).toBe(1);
  });
});
