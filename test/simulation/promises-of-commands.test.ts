import { describe, expect, it } from 'vitest';
import { actedOnce } from '../../host-sim/simulation/promises/acted-once.js';
import { answered } from '../../host-sim/simulation/promises/answered.js';
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

describe('answered', () => {
  it('is broken by a command that was acknowledged and not answered while the session lived on', () => {
    const seen = new Onlooker(answered);
    seen.acknowledge(seen.tell('1', TOGGLE));
    seen.answer('1');
    seen.acknowledge(seen.tell('2', TOGGLE));
    seen.tell('3', TOGGLE);
    seen.pass(140_000);
    expect(seen.broken).toEqual([]);
    seen.pass(30_000);
    expect(seen.broken).toEqual(['Command 2 was acknowledged 1 times and answered 0 times.']);
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

  it('asks for nothing while it is offline', () => {
    const seen = new Onlooker(toldSoon);
    comesOnline(seen);
    seen.says('state_changed', { from: 'online', to: 'connecting' });
    seen.pass(300_000);
    expect(seen.broken).toEqual([]);
  });
});
