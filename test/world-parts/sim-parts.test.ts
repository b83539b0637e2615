import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { SimRelay } from '../../host-sim/world/sim-relay.js';
import { SimServo } from '../../host-sim/world/sim-servo.js';
import { VirtualTime } from '../support/virtual-time.js';

describe('a simulated servo', () => {
  test('turns towards the angle of its pulses at its own speed', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 0, speedDegPerS: 500 });
    servo.drive(1450);
    time.advance(120);
    expect(servo.angleDeg).toBeCloseTo(60);
    time.advance(120);
    expect(servo.angleDeg).toBeCloseTo(90);
  });

  test('stays where it is without pulses, also when they end under way', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 0 });
    time.advance(1000);
    servo.drive(2400);
    time.advance(60);
    servo.drive(0);
    time.advance(10_000);
    expect(servo.angleDeg).toBeCloseTo(30);
    expect(servo.attached).toBe(false);
  });

  test('shows the same angle however often it is asked', () => {
    const time = new VirtualTime();
    const [asked, left] = [1, 2].map(() => new SimServo({ clock: time.clock, startDeg: 10 }));
    asked!.drive(2000);
    left!.drive(2000);
    for (let step = 0; step < 100; step++) {
      time.advance(1);
      asked!.angleDeg;
    }
    expect(asked!.angleDeg).toBeCloseTo(left!.angleDeg, 9);
  });

  test('does not turn past its stops', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock });
    servo.drive(3000);
    time.advance(1000);
    expect(servo.angleDeg).toBe(180);
    servo.drive(100);
    time.advance(1000);
    expect(servo.angleDeg).toBe(0);
  });

  test('wired to a pin it follows its PWM until the wire is taken off', () => {
    const time = new VirtualTime();
    const bank = new PinBank({ clock: time.clock });
    const servo = new SimServo({ clock: time.clock, startDeg: 90 });
    const unwire = servo.connect(bank, 18);
    const pwm = new bank.PWM({ pin: 18, hz: 50 });
    pwm.write(Math.round((500 / 20_000) * (2 ** 14 - 1)));
    time.advance(1000);
    expect(servo.angleDeg).toBeCloseTo(0, 0);
    unwire();
    pwm.write(Math.round((2400 / 20_000) * (2 ** 14 - 1)));
    time.advance(1000);
    expect(servo.angleDeg).toBeCloseTo(0, 0);
  });
});

describe('a simulated relay', () => {
  test('closes its contact 8 ms after the coil gets current and opens it 4 ms after', () => {
    const time = new VirtualTime();
    const relay = new SimRelay({ clock: time.clock });
    relay.energise(true);
    time.advance(7);
    expect(relay.closed).toBe(false);
    time.advance(1);
    expect(relay.closed).toBe(true);
    relay.energise(false);
    time.advance(3);
    expect(relay.closed).toBe(true);
    time.advance(1);
    expect([relay.closed, relay.operations]).toEqual([false, 2]);
  });

  test('a coil that is let go too soon leaves the contact open', () => {
    const time = new VirtualTime();
    const relay = new SimRelay({ clock: time.clock });
    relay.energise(true);
    time.advance(7);
    relay.energise(false);
    time.advance(100);
    expect([relay.closed, relay.operations]).toEqual([false, 0]);
  });

  test('counts operations that nobody looked at', () => {
    const time = new VirtualTime();
    const relay = new SimRelay({ clock: time.clock });
    for (let round = 0; round < 3; round++) {
      relay.energise(true);
      time.advance(20);
      relay.energise(false);
      time.advance(20);
    }
    expect(relay.operations).toBe(6);
  });

  test.each([0, 1] as const)(
    'wired to a pin with active level %i it is off while nothing drives that',
    (activeLevel) => {
      const time = new VirtualTime();
      const bank = new PinBank({ clock: time.clock });
      const relay = new SimRelay({ clock: time.clock, activeLevel });
      relay.connect(bank, 16);
      time.advance(20);
      expect(relay.closed).toBe(false);
      new bank.Digital({ pin: 16, mode: bank.Digital.Output, initialValue: activeLevel });
      time.advance(20);
      expect(relay.closed).toBe(true);
      bank.powerOff();
      time.advance(20);
      expect(relay.closed).toBe(false);
    },
  );
});
