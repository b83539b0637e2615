import { describe, expect, it } from 'vitest';
import { actedOnce } from '../../host-sim/simulation/promises/acted-once.js';
import { answered } from '../../host-sim/simulation/promises/answered.js';
import { heeded } from '../../host-sim/simulation/promises/heeded.js';
import { localControl } from '../../host-sim/simulation/promises/local-control.js';
import { obeyed } from '../../host-sim/simulation/promises/obeyed.js';
import { reportedIsReal } from '../../host-sim/simulation/promises/reported-is-real.js';
import { staleRefused } from '../../host-sim/simulation/promises/stale-refused.js';
import { toldSoon } from '../../host-sim/simulation/promises/told-soon.js';
import { Onlooker } from './onlooker.js';

const RELAY = 16;
const TOGGLE = { action: 'toggle', channel: 1 };

describe('acted-once', () => {
  it('is broken by an id that is acted on twice in a boot, within two minutes', () => {
    const seen = new Onlooker(actedOnce);
    seen.boot();
    seen.command('1', TOGGLE);
    seen.boot();
    seen.command('1', TOGGLE);
    seen.pass(120_001);
    seen.command('1', TOGGLE);
    expect(seen.broken).toEqual([]);
    seen.pass(119_000);
    seen.command('1', TOGGLE);
    expect(seen.broken).toEqual(['It acts on command 1 again, after 119000 ms.']);
  });

  it('has nothing against a question that is answered twice', () => {
    const seen = new Onlooker(actedOnce);
    for (let time = 0; time < 2; time++) {
      seen.tell('1', {}, { service: 'property/get' });
      seen.says('command_accepted', { id: '1' });
    }
    expect(seen.broken).toEqual([]);
  });

  it('bears that a board forgets an id when sixteen others have come', () => {
    const seen = new Onlooker(actedOnce);
    for (let id = 0; id < 16; id++) seen.command(String(id), TOGGLE);
    seen.command('0', TOGGLE);
    expect(seen.broken).toEqual([]);
  });
});

describe('stale-refused', () => {
  it('is broken by a command older than a minute, where the board knows the time', () => {
    const seen = new Onlooker(staleRefused);
    seen.boot();
    seen.command('1', TOGGLE, { ageMs: 70_000 });
    seen.says('clock_set', { source: 'ntp', shiftMs: 0 });
    seen.command('2', TOGGLE, { ageMs: 59_000 });
    expect(seen.broken).toEqual([]);
    seen.command('3', TOGGLE, { ageMs: 61_000 });
    expect(seen.broken).toEqual(['It acts on command 3, which is 61 s old.']);
  });

  it('is broken by a retained command, but not by one that came fresh too', () => {
    const seen = new Onlooker(staleRefused);
    seen.command('1', TOGGLE);
    seen.command('1', TOGGLE, { retained: true });
    seen.command('2', TOGGLE, { retained: true });
    expect(seen.broken).toEqual(['It acts on command 2, which was retained by the broker.']);
  });
});

describe('heeded', () => {
  const sent = (seen: Onlooker, id: string, params: object = TOGGLE) =>
    seen.witness.cloud?.('commandSent', { deviceId: 'dev_1', id, params, repeated: false, at: 0 });
  const dropped = (seen: Onlooker, id: string) =>
    seen.witness.cloud?.('commandDropped', { deviceId: 'dev_1', id, at: 0 });
  const refuse = (seen: Onlooker, id: string, code: number) =>
    seen.says('command_refused', { id, code, message: 'no' });

  it('is broken by a board that refuses what the cloud has taken', () => {
    const seen = new Onlooker(heeded);
    sent(seen, '1');
    seen.tell('1', TOGGLE);
    refuse(seen, '1', 460);
    refuse(seen, 'of somebody else', 460);
    expect(seen.broken).toEqual(['It refuses {"action":"toggle","channel":1} (460, no), which the cloud has taken.']);
  });

  it('bears that it refuses what is old or retained, and everything in safe mode', () => {
    const seen = new Onlooker(heeded);
    for (const id of ['1', '2', '3', '4']) sent(seen, id);
    seen.tell('1', TOGGLE, { ageMs: 61_000 });
    refuse(seen, '1', 100_001);
    seen.tell('2', TOGGLE, { retained: true });
    refuse(seen, '2', 100_001);
    expect(seen.broken).toEqual([]);
    seen.tell('3', TOGGLE, { ageMs: 59_000 });
    refuse(seen, '3', 100_001);
    expect(seen.broken).toHaveLength(1);
    seen.boot('crash', true);
    seen.tell('4', TOGGLE);
    refuse(seen, '4', 460);
    expect(seen.broken).toHaveLength(1);
  });

  it('is broken by a board that does not listen, though it could', () => {
    const seen = new Onlooker(heeded);
    sent(seen, '1');
    seen.tell('1', TOGGLE);
    sent(seen, '2');
    seen.pass(60_000);
    dropped(seen, '1');
    // This one was held up on its way.
    dropped(seen, '2');
    expect(seen.broken).toEqual(['Command 1 was sent to it for 60 s, and it gave no answer.']);
  });

  it('bears with one that has come online meanwhile, or was given no time', () => {
    const seen = new Onlooker(heeded);
    sent(seen, '1');
    seen.tell('1', TOGGLE);
    seen.pass(30_000);
    seen.says('state_changed', { from: 'connecting', to: 'online' });
    sent(seen, '2');
    seen.tell('2', TOGGLE);
    seen.pass(29_000);
    dropped(seen, '1');
    dropped(seen, '2');
    expect(seen.broken).toEqual([]);
  });
});

describe('answered', () => {
  it('is broken by a command that was acknowledged and not answered while the session lived on', () => {
    const seen = new Onlooker(answered);
    seen.acknowledge(seen.tell('1', TOGGLE));
    seen.answer('1');
    seen.acknowledge(seen.tell('2', TOGGLE));
    seen.pass(140_000);
    expect(seen.broken).toEqual([]);
    seen.pass(30_000);
    expect(seen.broken).toEqual(['Command 2 was acknowledged 1 times and answered 0 times.']);
  });

  it('is broken by a command that is not even acknowledged', () => {
    const seen = new Onlooker(answered);
    seen.tell('1', TOGGLE);
    seen.pass(170_000);
    expect(seen.broken).toEqual(['Command 1 came 1 times and was acknowledged 0 times.']);
  });

  it('bears that what is sent after the end of a session reaches nobody', () => {
    const seen = new Onlooker(answered);
    seen.says('state_changed', { from: 'online', to: 'connecting' });
    seen.tell('1', TOGGLE);
    seen.pass(170_000);
    expect(seen.broken).toEqual([]);
  });

  it('bears that an answer gets lost with its session', () => {
    const seen = new Onlooker(answered);
    seen.acknowledge(seen.tell('1', TOGGLE));
    seen.says('state_changed', { from: 'online', to: 'connecting' });
    seen.pass(300_000);
    expect(seen.broken).toEqual([]);
  });

  it('is broken by more answers than questions', () => {
    const seen = new Onlooker(answered);
    seen.tell('1', TOGGLE);
    seen.tell('1', TOGGLE);
    seen.answer('1');
    seen.answer('1', 460);
    expect(seen.broken).toEqual([]);
    seen.answer('1');
    expect(seen.broken).toEqual(['Command 1 came 2 times and is answered 3 times.']);
  });
});

describe('obeyed', () => {
  it('takes outputs that come to where they were told to, a pulse for its time', () => {
    const seen = new Onlooker(obeyed);
    const relay = seen.output(RELAY);
    const servo = seen.servo();
    seen.command('1', { action: 'toggle', position: 'up', channel: 1 });
    relay.write(1);
    seen.command('2', { angle: 45 });
    servo.to(45);
    seen.pass(20);
    servo.rest();
    seen.pass(10_000);
    seen.command('3', { action: 'pulse', duration: 300 });
    servo.to(0);
    seen.pass(300);
    servo.to(90);
    seen.pass(100_000);
    expect(seen.broken).toEqual([]);
  });

  it('is broken by a command that was accepted and forgotten', () => {
    const seen = new Onlooker(obeyed);
    seen.output(RELAY);
    seen.command('1', { relay: true, level: 20 });
    seen.pass(20_000);
    expect(seen.broken).toEqual([
      'Command 1 told output 1 to come to 1, and it never did.',
      'Command 1 told output 2 to come to 20, and it never did.',
    ]);
  });

  it('bears what replaces a command, and what ends a boot', () => {
    const seen = new Onlooker(obeyed);
    const relay = seen.output(RELAY);
    seen.command('1', { relay: true });
    seen.command('2', { relay: false });
    relay.write(0);
    seen.command('3', { level: 20 });
    seen.boot('brown_out');
    seen.command('4', { position: 'up' });
    seen.press(0);
    seen.pass(20_000);
    expect(seen.broken).toEqual([]);
  });
});

describe('local-control', () => {
  function started(): Onlooker {
    const seen = new Onlooker(localControl);
    seen.boot();
    seen.pass(5_000);
    return seen;
  }

  it('is broken by a press that moves nothing within a second', () => {
    const seen = started();
    const relay = seen.output(RELAY);
    seen.press(0);
    seen.pass(1_000);
    relay.write(1);
    seen.pass(20_000);
    expect(seen.broken).toEqual([]);
    seen.press(0);
    seen.pass(1_200);
    relay.write(0);
    seen.pass(20_000);
    expect(seen.broken[0]).toMatch(/A press of its button \d+ ms ago moves nothing; it is online/);
  });

  it('asks nothing of a touch, a hold, a double, a board without power, or one that is in safe mode', () => {
    const seen = started();
    seen.press(0, 20);
    seen.pass(5_000);
    seen.press(0, 12_000);
    seen.pass(15_000);
    seen.press(0);
    seen.pass(200);
    seen.press(0);
    seen.pass(5_000);
    seen.press(0);
    seen.witness.powerOff?.(seen.device);
    seen.boot('crash', true);
    seen.pass(5_000);
    seen.press(0);
    seen.pass(20_000);
    expect(seen.broken).toEqual([]);
  });
});

describe('reported-is-real', () => {
  const REST = { position: 'middle', angle: 90, relay: false, level: 0, voltage: 1.22 };
  const quiet = (seen: Onlooker) => seen.pass(300_000);

  it('takes what the outputs give out', () => {
    const seen = new Onlooker(reportedIsReal);
    seen.output(RELAY, 1);
    seen.posted({ ...REST, relay: true });
    quiet(seen);
    expect(seen.broken).toEqual([]);
  });

  it.each([
    ['relay', { relay: true }, 'The cloud was told "relay" as true, and it is 0.'],
    ['level', { level: 3 }, 'The cloud was told "level" as 3, and it is 0.'],
    ['voltage', { voltage: 2 }, 'The cloud was told "voltage" as 2, and it is 0.5.'],
  ])('is broken by a %s that is another', (_key, wrong, sentence) => {
    const seen = new Onlooker(reportedIsReal);
    seen.posted({ ...REST, ...wrong });
    quiet(seen);
    expect(seen.broken).toContain(sentence);
  });

  it.each([
    ['up', 100, []],
    ['middle', 50, []],
    ['up', 50, ['The cloud was told "position" as "up", and it is 0.14.']],
    ['middle', 100, ['The cloud was told "position" as "middle", and it is 1.']],
    ['down', 100, ['The cloud was told "position" as "down", and it is 1.']],
  ])('takes a dimmer’s position for what is nearest to its light: %s at %i %', (position, level, sentences) => {
    const seen = new Onlooker(reportedIsReal, 'SW-DIM-001');
    const pwm = new seen.pins.PWM({ pin: 18, hz: 1_000 });
    pwm.write(Math.round((level / 100) ** 2.8 * (2 ** pwm.resolution - 1)));
    seen.posted({ position, level, on: true });
    quiet(seen);
    expect([...new Set(seen.broken.map((line) => line.replace(/(0\.14)\d+/, '$1')))]).toEqual(sentences);
  });

  it('is broken by an angle to which the servo was not led', () => {
    const seen = new Onlooker(reportedIsReal);
    const servo = seen.servo();
    servo.to(0);
    seen.pass(1_000);
    servo.rest();
    seen.posted(REST);
    quiet(seen);
    expect(seen.broken).toContain('The cloud was told "angle" as 90, and it is without pulses.');
    expect(seen.broken).toContain('The cloud was told "position" as "middle", and it is without pulses.');
  });

  it('asks the app at the end', async () => {
    const seen = new Onlooker(reportedIsReal);
    seen.posted(REST);
    quiet(seen);
    seen.shown = Object.fromEntries(Object.entries({ ...REST, relay: true }).map(([key, value]) => [key, { value }]));
    await seen.witness.end?.();
    expect(seen.broken).toEqual(['The cloud shows "relay" as true, and it is 0.']);
  });

  it('waits while nothing arrives on the connection', () => {
    const seen = new Onlooker(reportedIsReal);
    seen.isHalfOpen = true;
    seen.posted({ ...REST, relay: true });
    quiet(seen);
    expect(seen.broken).toEqual([]);
  });

  it('waits while something moves', () => {
    const seen = new Onlooker(reportedIsReal);
    const relay = seen.output(RELAY);
    seen.posted({ ...REST, relay: true });
    for (let times = 0; times < 10; times++) {
      relay.write(times % 2 === 0 ? 1 : 0);
      seen.pass(20_000);
    }
    expect(seen.broken).toEqual([]);
  });
});

describe('told-soon', () => {
  const comesOnline = (seen: Onlooker) => seen.says('state_changed', { from: 'connecting', to: 'online' });

  it('takes a post after the connect, and one after each change', () => {
    const seen = new Onlooker(toldSoon);
    comesOnline(seen);
    seen.post({ relay: false });
    seen.pass(60_000);
    seen.output(RELAY).write(1);
    seen.pass(5_000);
    seen.post({ relay: true });
    seen.pass(600_000);
    expect(seen.broken).toEqual([]);
  });

  it('is broken by a connect after which nothing is posted', () => {
    const seen = new Onlooker(toldSoon);
    comesOnline(seen);
    seen.answer('1');
    seen.pass(30_000);
    expect(seen.broken).toEqual(['It has not told its state after the connect for 30 s.']);
  });

  it('is broken by a change of an output that is not posted', () => {
    const seen = new Onlooker(toldSoon);
    const relay = seen.output(RELAY);
    seen.pass(20_000);
    seen.post({ relay: false });
    relay.write(1);
    seen.pass(30_000);
    expect(seen.broken).toEqual(['It has not told what output 1 gives out for 30 s.']);
  });

  it('bears that what it tells on a half-open connection reaches nobody', () => {
    const seen = new Onlooker(toldSoon);
    seen.isHalfOpen = true;
    seen.output(RELAY).write(1);
    seen.pass(60_000);
    expect(seen.broken).toEqual([]);
    seen.isHalfOpen = false;
    seen.pass(10_000);
    expect(seen.broken).toHaveLength(1);
  });

  it('asks for nothing while it is offline', () => {
    const seen = new Onlooker(toldSoon);
    comesOnline(seen);
    seen.says('state_changed', { from: 'online', to: 'connecting' });
    seen.pass(300_000);
    expect(seen.broken).toEqual([]);
  });
});
