import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { SimRelay } from '../../host-sim/world/sim-relay.js';
import { SimServo } from '../../host-sim/world/sim-servo.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

describe('a simulated servo', () => {
  test('gets up to its own speed, turns at that, and brakes at the angle of its pulses', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 0, speedDegPerS: 500, accelerationDegPerS2: 10_000 });
    servo.drive(2400);
    const speeds: number[] = [];
    for (let step = 0; step < 1_000; step++) {
      time.advance(1);
      speeds.push(servo.speedDegPerS);
    }
    expect(speeds[24]).toBeCloseTo(250);
    expect(Math.max(...speeds)).toBeCloseTo(500);
    expect(speeds[200]).toBeCloseTo(500);
    expect(servo.angleDeg).toBe(180);
    expect(speeds.at(-1)).toBe(0);
    const changes = speeds.slice(1).map((speed, index) => Math.abs(speed - speeds[index]!));
    expect(Math.max(...changes)).toBeLessThanOrEqual(20.001);
    // 180° at 500°/s are 360 ms, and 25 ms go into either end.
    expect(speeds.filter((speed) => speed > 0).length).toBeGreaterThan(400);
    expect(speeds.filter((speed) => speed > 0).length).toBeLessThan(430);
  });

  test.each([0.3, 1, 7, 45, 90])('comes to rest on its place, %f° away, and does not tremble there', (distanceDeg) => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 60 });
    servo.drive(500 + ((60 + distanceDeg) * 1900) / 180);
    time.advance(400);
    for (let step = 0; step < 100; step++) {
      time.advance(1);
      expect(servo.angleDeg).toBeCloseTo(60 + distanceDeg, 9);
    }
  });

  test('cannot turn back at once: its inertia carries it on', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 0 });
    servo.drive(2400);
    time.advance(150);
    const { angleDeg } = servo;
    servo.drive(500);
    time.advance(20);
    expect(servo.angleDeg).toBeGreaterThan(angleDeg + 5);
    time.advance(1_000);
    expect(servo.angleDeg).toBe(0);
  });

  test('comes to rest within a few degrees when its pulses end under way, and stays there', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 0 });
    servo.drive(2400);
    time.advance(100);
    const { angleDeg } = servo;
    servo.drive(0);
    time.advance(20);
    const rest = servo.angleDeg;
    expect(rest - angleDeg).toBeGreaterThan(1);
    expect(rest - angleDeg).toBeLessThan(5);
    time.advance(10_000);
    expect([servo.angleDeg, servo.attached, servo.speedDegPerS]).toEqual([rest, false, 0]);
  });

  test('stalls against what is in its way, draws the current for that, and goes on when it is taken away', () => {
    const time = new VirtualTime();
    const servo = new SimServo({ clock: time.clock, startDeg: 0 });
    expect(servo.currentMa).toBeLessThan(10);
    servo.block({ maxDeg: 40 });
    servo.drive(2400);
    time.advance(100);
    expect(servo.stalled).toBe(false);
    time.advance(400);
    expect([servo.angleDeg, servo.stalled, servo.currentMa]).toEqual([40, true, 750]);
    servo.unblock();
    time.advance(150);
    expect([servo.stalled, Math.round(servo.currentMa)]).toEqual([false, 150]);
    time.advance(1_000);
    expect([servo.angleDeg, servo.stalled, servo.currentMa]).toEqual([180, false, 10]);
    servo.drive(2500);
    time.advance(10);
    expect(servo.stalled).toBe(true);
    servo.drive(0);
    expect(servo.stalled).toBe(false);
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

  test('bounces when it closes, and not when it opens', () => {
    const time = new VirtualTime();
    const relay = new SimRelay({ clock: time.clock, bounceMs: 5, random: { uint32: () => 0b01101 } });
    const seen = (): string => {
      let states = '';
      for (let step = 0; step < 15; step++) {
        time.advance(1);
        states += relay.closed ? '#' : '.';
      }
      return states;
    };
    relay.energise(true);
    expect(seen()).toBe('.......##..####');
    expect(relay.operations).toBe(1);
    relay.energise(false);
    expect(seen()).toBe('###............');
    relay.energise(true);
    time.advance(9);
    expect(relay.bouncing).toBe(true);
    time.advance(4);
    expect(relay.bouncing).toBe(false);
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
