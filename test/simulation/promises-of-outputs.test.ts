import { describe, expect, it } from 'vitest';
import { interlock } from '../../host-sim/simulation/promises/interlock.js';
import { noMoveWithoutCause } from '../../host-sim/simulation/promises/no-move-without-cause.js';
import { pulseLimit } from '../../host-sim/simulation/promises/pulse-limit.js';
import { servoLimits } from '../../host-sim/simulation/promises/servo-limits.js';
import { servoRests } from '../../host-sim/simulation/promises/servo-rests.js';
import { servoSpeed } from '../../host-sim/simulation/promises/servo-speed.js';
import { Onlooker } from './onlooker.js';

/** Pins of the relays of SW-RELAY-002, and of what SW-GEN-001 has. */
const FIRST = 16;
const SECOND = 17;
const GEN = { relay: 16, dimmer: 17, servo: 18 };

describe('interlock', () => {
  it('takes relays that change places with their dead time', () => {
    const seen = new Onlooker(interlock, 'SW-RELAY-002');
    const [first, second] = [seen.output(FIRST), seen.output(SECOND)];
    first.write(1);
    first.write(0);
    seen.pass(500);
    second.write(1);
    expect(seen.broken).toEqual([]);
  });

  it('is broken by both on together, by a contact that is still closed, and by a dead time that is cut short', () => {
    const seen = new Onlooker(interlock, 'SW-RELAY-002');
    const [first, second] = [seen.output(FIRST), seen.output(SECOND)];
    first.write(1);
    seen.pass(1_000);
    second.write(1);
    second.write(0);
    first.write(0);
    second.write(1);
    second.write(0);
    seen.pass(1_000);
    first.write(1);
    first.write(0);
    seen.pass(400);
    second.write(1);
    expect(seen.broken).toEqual([
      'Relay 1 goes on while relay 0 is on.',
      'Relay 1 goes on while the contact of relay 0 is closed.',
      'Relay 1 goes on 400 ms after relay 0: the dead time is 500 ms.',
    ]);
  });

  it('counts the dead time over a power cut', () => {
    const seen = new Onlooker(interlock, 'SW-RELAY-002');
    seen.output(FIRST, 1);
    seen.pass(1_000);
    seen.pins.powerOff();
    seen.pass(300);
    seen.output(SECOND, 1);
    expect(seen.broken).toHaveLength(1);
  });
});

describe('servo-limits', () => {
  it('is broken beyond the calibrated ends', () => {
    const seen = new Onlooker(servoLimits);
    const servo = seen.servo();
    servo.to(179);
    expect(seen.broken).toEqual([]);
    servo.to(183);
    expect(seen.broken[0]).toMatch(/driven to 18[23]\.\d°, outside of 0° to 180°/);
  });

  it('is broken by pulses that end before the horn has arrived, unless something is in its way', () => {
    const seen = new Onlooker(servoLimits);
    seen.boot();
    const servo = seen.servo();
    const move = (angleDeg: number, ms: number): void => {
      servo.to(angleDeg);
      seen.pass(ms);
      servo.rest();
      seen.pass(1_000);
    };
    move(90, 500);
    move(0, 1_000);
    seen.parts.servo(0).block({ maxDeg: 40 });
    move(180, 2_000);
    seen.parts.servo(0).unblock();
    move(180, 2_000);
    expect(seen.broken).toEqual([]);
    move(0, 60);
    expect(seen.broken[0]).toMatch(/gets no more pulses 1\d\d\.\d° before it has arrived/);
  });
});

describe('servo-speed', () => {
  it('takes steps of its speed, and no jump', () => {
    const seen = new Onlooker(servoSpeed);
    seen.boot();
    const servo = seen.servo();
    for (const angleDeg of [90, 95, 101, 107]) {
      servo.to(angleDeg);
      seen.pass(20);
    }
    seen.pass(5_000);
    expect(seen.broken).toEqual([]);
    servo.to(180);
    expect(seen.broken[0]).toMatch(/Servo 0 is led 7\d\.\d° at once/);
  });

  it('is broken by whole steps in parts of a cycle', () => {
    const seen = new Onlooker(servoSpeed);
    const servo = seen.servo();
    servo.to(90);
    seen.pass(10);
    servo.to(96);
    expect(seen.broken).toEqual(['Servo 0 is led 6.0° at once: 3.0° is its speed.']);
  });

  it('knows not where it is after a power cut, and does after a restart whose places were stored', () => {
    const seen = new Onlooker(servoSpeed);
    seen.servo().to(90);
    seen.pins.powerOff();
    seen.boot('power_on');
    seen.servo().to(0);
    expect(seen.broken).toEqual([]);
    seen.pins.powerOff();
    seen.write('outputs', { values: [0, 0, 0], left: true });
    seen.boot('restart');
    seen.servo().to(90);
    expect(seen.broken).toHaveLength(1);
  });
});

describe('servo-rests', () => {
  it('is broken by a servo that keeps its force longer than any pulse', () => {
    const seen = new Onlooker(servoRests);
    const servo = seen.servo();
    servo.to(90);
    seen.pass(60_000);
    expect(seen.broken).toEqual([]);
    seen.pass(20_000);
    expect(seen.broken[0]).toMatch(/stands still for \d+ s, and still gets pulses/);
    servo.rest();
    seen.broken.length = 0;
    seen.pass(300_000);
    expect(seen.broken).toEqual([]);
  });
});

describe('pulse-limit', () => {
  it('takes a pulse that ends in time, and one that another command has replaced', () => {
    const seen = new Onlooker(pulseLimit);
    const relay = seen.output(GEN.relay);
    seen.command('1', { action: 'pulse', duration: 3_000, channel: 1 });
    relay.write(1);
    seen.pass(3_000);
    relay.write(0);
    seen.command('2', { action: 'pulse', duration: 3_000, channel: 1 });
    relay.write(1);
    seen.command('3', { action: 'toggle', position: 'up', channel: 1 });
    seen.pass(100_000);
    expect(seen.broken).toEqual([]);
  });

  it('is broken by a servo that is let go of where its pulse led it', () => {
    const seen = new Onlooker(pulseLimit);
    const servo = seen.servo();
    for (const [id, lastDeg] of [
      ['1', 90],
      ['2', 0],
    ] as const) {
      seen.command(id, { action: 'pulse', duration: 500 });
      servo.to(0);
      seen.pass(500);
      servo.to(lastDeg);
      servo.rest();
      seen.pass(100_000);
    }
    expect(seen.broken).toHaveLength(1);
  });

  it('is broken by a pulse that does not end, or later than it may', () => {
    const seen = new Onlooker(pulseLimit);
    const relay = seen.output(GEN.relay);
    seen.command('1', { action: 'pulse', duration: 90_000, channel: 1 });
    relay.write(1);
    seen.pass(60_000);
    expect(seen.broken).toEqual([]);
    seen.pass(20_000);
    expect(seen.broken[0]).toMatch(/The pulse of output 1 is over since \d+ ms: it is not at rest/);
  });

  it('is broken by a pulse that is stored as where the output is', () => {
    const seen = new Onlooker(pulseLimit);
    seen.command('1', { action: 'trigger', channel: 1 });
    seen.output(GEN.relay, 1);
    seen.write('outputs', { values: [90, 0, 0] });
    expect(seen.broken).toEqual([]);
    seen.write('outputs', { values: [90, 1, 0] });
    expect(seen.broken).toEqual(['Output 1 is stored as 1 while a pulse leads it away from 0.']);
  });
});

describe('no-move-without-cause', () => {
  it('takes what a command, a press or the rule for power-on does', () => {
    const seen = new Onlooker(noMoveWithoutCause);
    seen.write('outputs', { values: [90, 1, 0] });
    seen.witness.boot?.(seen.device, 'power_on');
    const relay = seen.output(GEN.relay, 1);
    seen.says('booted', { reason: 'power_on', version: '1', safeMode: false });
    seen.pass(5_000);
    seen.command('1', { relay: false });
    relay.write(0);
    seen.pass(5_000);
    seen.press(0);
    seen.pass(500);
    relay.write(1);
    seen.pass(5_000);
    seen.pins.powerOff();
    expect(seen.broken).toEqual([]);
  });

  it('is broken by an output that nobody told to move, and by one that moves long after it was told', () => {
    const seen = new Onlooker(noMoveWithoutCause);
    seen.boot();
    const relay = seen.output(GEN.relay);
    seen.pass(5_000);
    relay.write(1);
    seen.command('1', { relay: true });
    seen.pass(5_000);
    relay.write(0);
    seen.command('2', { level: 50 });
    relay.write(1);
    expect(seen.broken).toEqual([
      'Output 1 goes from 0 to 1, and nobody told it to.',
      'Output 1 goes from 1 to 0, and nobody told it to.',
      'Output 1 goes from 0 to 1, and nobody told it to.',
    ]);
  });

  it('is broken by an output that comes on at power-on against its rule, or by values that have rotted', () => {
    const seen = new Onlooker(noMoveWithoutCause);
    seen.write('outputs', { values: [90, 1, 0] });
    seen.flash.rot('outputs', 20, 1);
    seen.boot();
    seen.output(GEN.relay, 1);
    seen.servo().to(90);
    expect(seen.broken).toEqual([
      'Output 1 goes from nothing to 1, and nobody told it to.',
      'Output 0 goes from nothing to 89.911, and nobody told it to.',
    ]);
  });

  it('is broken by outputs that are on in safe mode, or do not come back after a wanted restart', () => {
    const seen = new Onlooker(noMoveWithoutCause);
    seen.write('outputs', { values: [90, 1, 0], left: true });
    seen.boot('restart');
    seen.witness.boot?.(seen.device, 'crash');
    seen.output(GEN.relay, 1);
    seen.says('booted', { reason: 'crash', version: '1', safeMode: true });
    expect(seen.broken).toEqual([
      'Output 1 gives out 0 after a wanted restart, and not what it was.',
      'Output 1 gives out 1 in safe mode.',
    ]);
  });

  it('is broken by a command that nobody sent', () => {
    const seen = new Onlooker(noMoveWithoutCause);
    seen.says('command_accepted', { id: '7' });
    expect(seen.broken).toEqual(['It acts on command 7, which nobody sent.']);
  });
});
