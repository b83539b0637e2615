import { describe, expect, it } from 'vitest';
import { SimRelay } from '../../host-sim/world/sim-relay.js';
import { SimServo } from '../../host-sim/world/sim-servo.js';
import type { Product } from '../../src/core/product.js';
import type { BootReason } from '../../src/ports/system.js';
import { productLike } from '../control/bench.js';
import { Bench } from './fixture.js';

const SET = 'thing/service/property/set';

/** Relays on pins 16 and 17, without an interlock where none is given. */
function relays(options: Record<string, unknown>, changes: Record<string, unknown> = {}): Product {
  return productLike('SW-RELAY-002', {
    outputs: [16, 17].map((pin) => ({ type: 'relay', pin, ...options })),
    interlocks: [],
    ...changes,
  });
}

/** What a pin has given since now. */
function record(bench: Bench, pin: number): { readonly value: number; readonly atMs: number }[] {
  const seen: { value: number; atMs: number }[] = [];
  bench.host.pins.onChange((changed, _kind, value, atMs) => changed === pin && seen.push({ value, atMs }));
  return seen;
}

/** Stops the board cleanly and starts it anew on the same hardware. */
async function restart(bench: Bench): Promise<void> {
  const stopped = bench.board.stop();
  for (let step = 0; step < 40; step++) {
    bench.time.advance(100);
    await Promise.resolve();
  }
  await stopped;
  bench.host.powerOff();
  bench.boot('restart');
}

describe('complaint 3: retained or replayed commands switch loads on reconnect', () => {
  it('a retained command is refused, after every connect, and the load stays as it is', () => {
    const bench = new Bench({ product: 'SW-RELAY-002' });
    for (let connect = 0; connect < 5; connect++) {
      bench.untilOnline();
      const time = bench.time.clock.nowMs();
      const command = { method: 'thing.service.property.set', id: `r${connect}`, params: { switch: true }, time };
      bench.cloud.publish(bench.cloud.topic(SET), JSON.stringify(command), { retain: true });
      bench.time.advance(2_000);
      expect(bench.replies().at(-1)).toMatchObject({ id: `r${connect}`, code: 100_001 });
      bench.cloud.drop('reset');
      bench.time.advance(100);
    }
    expect(bench.host.pins.level(16)).toBe(0);
    expect(bench.data('output_settled')).toEqual([]);
  });

  it('a command that waited somewhere for over a minute is refused', () => {
    const bench = new Bench({ product: 'SW-RELAY-002' });
    bench.untilOnline();
    const time = bench.time.clock.nowMs();
    bench.cloud.drop('reset');
    bench.time.advance(61_000);
    bench.untilOnline();
    bench.cloud.command('1', { switch: true }, { time });
    bench.time.advance(2_000);
    expect(bench.replies().at(-1)).toMatchObject({ id: '1', code: 100_001 });
    expect(bench.host.pins.level(16)).toBe(0);
  });

  it('a command that is delivered again after the reconnect is answered again and acted on once', () => {
    const bench = new Bench({ product: 'SW-RELAY-002' });
    bench.untilOnline();
    const switched = record(bench, 16);
    for (let delivery = 0; delivery < 4; delivery++) {
      bench.cloud.command('1', { action: 'toggle' });
      bench.time.advance(1_000);
      bench.cloud.drop('reset');
      bench.time.advance(100);
      bench.untilOnline();
    }
    expect(switched.map(({ value }) => value)).toEqual([1]);
    expect(bench.replies().map(({ code }) => code)).toEqual([200, 200, 200, 200]);
  });

  it('no broker can keep a queue for it: every session is a clean one', async () => {
    const bench = new Bench({ product: 'SW-RELAY-002' });
    bench.untilOnline();
    bench.cloud.drop('reset');
    bench.time.advance(100);
    bench.untilOnline();
    await restart(bench);
    bench.untilOnline();
    const connects = bench.cloud.packets.filter(({ cmd }) => cmd === 'connect');
    expect(connects.map((packet) => (packet as unknown as { clean: boolean }).clean)).toEqual([true, true, true]);
  });
});

describe('complaint 4: pulse time restarts, is lost over a reboot, or is prolonged by polling', () => {
  it('polling, posting, redelivery and reconnecting leave the time of a pulse as it is', () => {
    const bench = new Bench({ definition: relays({}) });
    bench.cloud.announceExtensions = true;
    bench.untilOnline();
    const switched = record(bench, 16);
    bench.cloud.command('1', { action: 'pulse', duration: 20_000 });
    for (let poll = 0; poll < 10; poll++) {
      bench.time.advance(1_000);
      bench.cloud.call('property.get', `g${poll}`, {});
      bench.cloud.command('1', { action: 'pulse', duration: 20_000 });
      bench.cloud.command(`other${poll}`, { action: 'toggle', channel: 1 });
    }
    bench.cloud.drop('reset');
    bench.time.advance(120_000);
    expect(switched.map(({ value }) => value)).toEqual([1, 0]);
    expect(switched[1]!.atMs - switched[0]!.atMs).toBe(20_000);
  });

  it.each(['off', 'last'] as const)(
    'a reboot of any kind in the middle ends it, with power-on rule %s',
    async (powerOn) => {
      for (const reason of ['power_on', 'crash', 'restart'] as const) {
        const bench = new Bench({ definition: relays({ powerOn }) });
        bench.untilOnline();
        bench.cloud.command('1', { action: 'pulse', duration: 50_000 });
        // Long enough for the pulse to be there when the outputs are stored.
        bench.time.advance(30_000);
        expect(bench.host.pins.level(16)).toBe(1);
        if (reason === 'restart') await restart(bench);
        else {
          bench.host.powerOff();
          if (reason === 'crash') bench.host.pins.reset();
          else bench.host.pins.powerOff();
          bench.boot(reason);
        }
        expect(bench.host.pins.level(16)).toBe(0);
        const switched = record(bench, 16);
        bench.time.advance(120_000);
        expect(switched).toEqual([]);
      }
    },
  );

  it('a pulse is never longer than its limit, nor is the legacy switch in control mode pulse', () => {
    const definition = relays({ pulse: { maxMs: 3_000 } }, { controlMode: 'pulse' });
    const bench = new Bench({ definition });
    bench.untilOnline();
    const switched = record(bench, 16);
    const told = [{ action: 'pulse', duration: 1_000_000 }, { switch: true }, { relay0: true }];
    told.forEach((params, index) => {
      bench.cloud.command(String(index), params);
      bench.time.advance(10_000);
    });
    expect(bench.replies().map(({ code }) => code)).toEqual([200, 200, 200]);
    expect(switched.map(({ value }) => value)).toEqual([1, 0, 1, 0, 1, 0]);
    for (let at = 0; at < 6; at += 2) expect(switched[at + 1]!.atMs - switched[at]!.atMs).toBe(3_000);
  });
});

describe('complaint 5: relays blip at boot; interlock leaks', () => {
  it('a pin gives from its first instant what the power-on rule says, and nothing else in between', () => {
    for (const powerOn of ['off', 'on', 'last'] as const) {
      for (const activeLevel of [0, 1] as const) {
        for (const wasOn of [false, true]) {
          const bench = new Bench({ definition: relays({ powerOn, activeLevel }) });
          bench.untilOnline();
          bench.cloud.command('1', { switch: wasOn });
          bench.time.advance(70_000);
          bench.cut();
          const given = record(bench, 16);
          bench.boot();
          bench.untilOnline();
          bench.time.advance(60_000);
          const isOn = powerOn === 'on' || (powerOn === 'last' && wasOn);
          expect(given.map(({ value }) => value)).toEqual([isOn ? activeLevel : 1 - activeLevel]);
        }
      }
    }
  });

  it('a wanted restart switches nothing at all', async () => {
    for (const powerOn of ['off', 'on', 'last'] as const) {
      const bench = new Bench({ definition: relays({ powerOn }) });
      bench.untilOnline();
      bench.cloud.command('1', { switch: powerOn !== 'on' });
      bench.time.advance(1_000);
      const given = record(bench, 16);
      await restart(bench);
      bench.untilOnline();
      bench.time.advance(60_000);
      expect(given).toEqual([]);
    }
  });

  it('the contacts of an interlocked pair are never closed together, whatever is cut, restarted or sent at once', async () => {
    const reasons: readonly BootReason[] = ['power_on', 'crash', 'restart'];
    for (const powerOn of ['off', 'on', 'last'] as const) {
      const definition = relays({ powerOn }, { interlocks: [{ channels: [0, 1], deadTimeMs: 100 }] });
      const bench = new Bench({ definition });
      const contacts = [16, 17].map((pin) => {
        const contact = new SimRelay({ clock: bench.time.clock });
        contact.connect(bench.host.pins, pin);
        return contact;
      });
      const watch = (ms: number): void => {
        for (let step = 0; step < ms; step++) {
          bench.time.advance(1);
          if (contacts.every(({ closed }) => closed)) throw new Error(`both are closed at ${bench.time.nowMs} ms`);
        }
      };
      for (let round = 0; round < 9; round++) {
        bench.untilOnline();
        bench.cloud.command(`${round}a`, { relay0: round % 2 === 0, relay1: true });
        bench.cloud.command(`${round}b`, { switch: true, channel: round % 2 });
        watch(30 + 40 * round);
        const reason = reasons[round % 3]!;
        if (reason === 'restart') await restart(bench);
        else {
          bench.host.powerOff();
          if (reason === 'crash') bench.host.pins.reset();
          else bench.host.pins.powerOff();
          bench.boot(reason);
        }
        watch(400);
      }
    }
  });
});

describe('complaint 6: the servo jumps at boot or detach', () => {
  it('gives no pulse from any kind of boot until its first command, and begins it where the horn is', async () => {
    const bench = new Bench();
    const servo = new SimServo({ clock: bench.time.clock, startDeg: 90 });
    servo.connect(bench.host.pins, 18);
    bench.untilOnline();
    bench.cloud.command('1', { angle: 30 });
    bench.time.advance(70_000);
    for (const reason of ['power_on', 'crash', 'restart'] as const) {
      if (reason === 'restart') await restart(bench);
      else {
        bench.host.powerOff();
        if (reason === 'crash') bench.host.pins.reset();
        else bench.host.pins.powerOff();
        bench.boot(reason);
      }
      const given = record(bench, 18);
      bench.untilOnline();
      bench.time.advance(30_000);
      expect(given.filter(({ value }) => value > 0)).toEqual([]);
      expect(servo.angleDeg).toBeCloseTo(30, 0);
    }
    bench.cloud.command('2', { angle: 150 });
    bench.time.runUntil(() => bench.host.pins.duty(18) > 0, 1_000);
    expect(bench.host.pins.pulseUs(18)).toBeCloseTo(500 + (1_900 * 30) / 180, -1);
  });

  it('stops its pulses at the end of a cycle, also when it is stopped in the middle of a motion', async () => {
    for (const afterMs of [0, 7, 113, 333, 900]) {
      const bench = new Bench();
      bench.untilOnline();
      bench.cloud.command('1', { action: 'toggle', position: 'up' });
      bench.time.advance(afterMs);
      await restart(bench);
      bench.untilOnline();
      bench.cloud.command('2', { action: 'toggle', position: 'down' });
      bench.time.advance(10_000);
      expect(bench.host.pins.duty(18)).toBe(0);
      expect(bench.host.pins.cutCycles).toBe(0);
    }
  });
});
