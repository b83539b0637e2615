import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControlMode, Product } from '../../src/core/product.js';
import { fitsProperty } from '../../src/core/property-value.js';
import { productLike } from '../control/bench.js';
import { Bench } from './fixture.js';

/** Everything at once: two interlocked relays, a servo, a lamp, a button for each. */
const DEAD_MS = 200;
const MAX_PULSE_MS = 4_000;
const LIMITS = { min: 20, max: 160 };
const SPEED = 200;
const MIN_LEVEL = 10;
const PINS = { relays: [16, 17], servo: 18, lamp: 19, buttons: [21, 22, 25, 26], contact: 27, analog: 34 };
const FULL = 2 ** 14 - 1;

function everything(controlMode: ControlMode, powerOn: string): Product {
  const name = { en: 'X', zh: 'X' };
  const shown = (key: string, type: string, channel: number, attribute: string, more: object = {}): object => ({
    ...{ key, name, type, writable: true, source: { channel, attribute } },
    ...more,
  });
  const pulse = { maxMs: MAX_PULSE_MS };
  const product = productLike('SW-RELAY-002', {
    controlMode: 'generic',
    outputs: [
      ...PINS.relays.map((pin) => ({ type: 'relay', pin, powerOn, pulse })),
      {
        ...{ type: 'servo', pin: PINS.servo, limitsDeg: LIMITS, speedDegPerS: SPEED, pulse },
        positionsDeg: { up: 160, middle: 90, down: 20 },
      },
      { type: 'dimmer', pin: PINS.lamp, powerOn, minLevel: MIN_LEVEL, gamma: 1, pulse },
    ],
    interlocks: [{ channels: [0, 1], deadTimeMs: DEAD_MS }],
    inputs: [
      ...PINS.buttons.map((pin, channel) => ({ type: 'button', pin, channel })),
      { type: 'digital', pin: PINS.contact },
      { type: 'analog', pin: PINS.analog },
    ],
    properties: [
      shown('on0', 'boolean', 0, 'on'),
      shown('on1', 'boolean', 1, 'on'),
      shown('tilt', 'integer', 2, 'angle', { min: 0, max: 180 }),
      shown('level', 'integer', 3, 'level', { min: 0, max: 100 }),
      // Ranges and steps that the outputs know nothing of.
      shown('slant', 'integer', 2, 'angle', { min: 30, max: 90, step: 25 }),
      shown('glow', 'number', 3, 'level', { min: 2.5, max: 80, step: 0.3 }),
      { key: 'closed', name, type: 'boolean', source: { input: 4 } },
      { key: 'damp', name, type: 'number', min: 0, max: 100, step: 0.1, source: { input: 5 } },
      { key: 'wet', name, type: 'integer', min: -1, max: 101, step: 5, source: { input: 5 } },
    ],
    statusLed: undefined,
  });
  // In control mode `pulse` a definition that comes on by itself is refused; the firmware keeps its limits all the same.
  return { ...product, controlMode };
}

type Event =
  | { readonly what: 'command'; readonly id: string; readonly params: object }
  | { readonly what: 'wait'; readonly ms: number }
  | { readonly what: 'drop'; readonly how: 'reset' | 'freeze' | 'end' }
  | { readonly what: 'press'; readonly button: number; readonly ms: number; readonly bouncesMs: readonly number[] }
  | { readonly what: 'measure'; readonly contact: 0 | 1; readonly share: number }
  | { readonly what: 'power-cut' | 'crash' | 'restart' };

const channel = fc.nat(3);
const params: fc.Arbitrary<object> = fc.oneof(
  fc.record({ action: fc.constant('toggle'), channel, position: fc.constantFrom('up', 'middle', 'down') }),
  fc.record({ action: fc.constant('toggle'), channel }),
  fc.record({ action: fc.constantFrom('pulse', 'trigger'), channel, duration: fc.integer({ min: 1, max: 100_000 }) }),
  fc.record({ switch: fc.boolean(), channel }),
  fc.record({ angle: fc.nat(180), channel }),
  fc.record({ level: fc.nat(110) }),
  fc.record({ tilt: fc.nat(180), on0: fc.boolean() }),
  fc.record({ on0: fc.boolean(), on1: fc.boolean() }),
  fc.constantFrom<object>({}, { switch: 1 }, { closed: true }, { action: 'dance' }),
);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    // Few ids, so that some come again.
    arbitrary: fc.record({ what: fc.constant('command' as const), id: fc.nat(12).map(String), params }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.oneof(fc.nat(200), fc.nat(8_000)) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('press' as const),
      button: fc.nat(3),
      ms: fc.constantFrom(5, 60, 300, 4_000),
      bouncesMs: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('measure' as const),
      contact: fc.constantFrom(0 as const, 1 as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('drop' as const), how: fc.constantFrom('reset', 'freeze', 'end') }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('power-cut' as const, 'crash' as const, 'restart' as const).map((what) => ({ what })),
  },
);

/** A board that lives through a history, watched from outside: its pins, its answers, its posts. */
class Life {
  readonly bench: Bench;
  /** Of every boot, when each id was accepted. */
  #accepted = new Map<string, number>();
  #seenEvents = 0;
  #isOn = [false, false];
  #offMs = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  #servo: { deg: number; atMs: number } | undefined;
  changes = 0;

  constructor(definition: Product) {
    this.bench = new Bench({ definition });
    this.bench.host.pins.onChange((pin, kind, value, atMs) => this.#onPin(pin, kind, value, atMs));
  }

  #onPin(pin: number, kind: string, value: number, atMs: number): void {
    this.changes++;
    const relay = PINS.relays.indexOf(pin);
    if (relay >= 0) {
      const on = kind === 'digital' && value === 1;
      if (this.#isOn[relay] && !on) this.#offMs[relay] = atMs;
      this.#isOn[relay] = on;
      if (!on) return;
      if (this.#isOn[1 - relay]) throw new Error(`both relays are on at ${atMs} ms`);
      if (atMs - this.#offMs[1 - relay]! < DEAD_MS) throw new Error(`no dead time at ${atMs} ms`);
    } else if (pin === PINS.servo && value > 0) {
      const deg = (((value * 20_000) / FULL - 500) * 180) / 1_900;
      if (deg < LIMITS.min - 1e-6 || deg > LIMITS.max + 1e-6) throw new Error(`${deg}° at ${atMs} ms`);
      const last = this.#servo;
      if (last && Math.abs(deg - last.deg) > (SPEED * (atMs - last.atMs)) / 1_000 + 0.2) {
        throw new Error(`from ${last.deg}° to ${deg}° in ${atMs - last.atMs} ms`);
      }
      this.#servo = { deg, atMs };
    } else if (pin === PINS.lamp && value > 0 && value < Math.round((FULL * MIN_LEVEL) / 100)) {
      throw new Error(`a lamp below its lowest level at ${atMs} ms`);
    }
  }

  async live(one: Event): Promise<void> {
    const { bench } = this;
    switch (one.what) {
      case 'command':
        await this.#command(one.id, one.params);
        break;
      case 'wait':
        bench.time.advance(one.ms);
        break;
      case 'press':
        this.#move(PINS.buttons[one.button]!, 0, one.bouncesMs);
        bench.time.advance(one.ms);
        this.#move(PINS.buttons[one.button]!, undefined, one.bouncesMs);
        // Else the next press is the same one to the board, and three of four seconds are a factory reset.
        bench.time.advance(100);
        break;
      case 'measure':
        bench.host.pins.setInput(PINS.contact, one.contact);
        bench.host.pins.setAnalog(PINS.analog, one.share);
        break;
      case 'drop':
        bench.cloud.drop(one.how);
        break;
      default:
        await this.#reboot(one.what);
    }
    this.#look();
  }

  /** A contact that bounces on its way to a level. */
  #move(pin: number, level: 0 | undefined, bouncesMs: readonly number[]): void {
    const { pins } = this.bench.host;
    pins.setInput(pin, level);
    for (const ms of bouncesMs) {
      this.bench.time.advance(ms);
      pins.setInput(pin, level === 0 ? undefined : 0);
      this.bench.time.advance(ms);
      pins.setInput(pin, level);
    }
  }

  async #command(id: string, told: object): Promise<void> {
    const { bench } = this;
    const answers = bench.replies().filter((reply) => reply.id === id).length;
    // A connection that was frozen takes what is sent, and nobody hears it.
    if (!bench.cloud.connected || bench.board.life.phase !== 'online') return;
    bench.cloud.command(id, told);
    bench.time.advance(40);
    if (!bench.cloud.connected || this.#frozen) return;
    const now = bench.replies().filter((reply) => reply.id === id).length;
    if (now !== answers + 1) throw new Error(`${now - answers} answers to ${id}`);
  }

  /** Whether the last connection was frozen and no other has come since. */
  get #frozen(): boolean {
    return this.frozenAt === this.bench.cloud.packets.filter(({ cmd }) => cmd === 'connect').length;
  }
  frozenAt = -1;

  async #reboot(what: 'power-cut' | 'crash' | 'restart'): Promise<void> {
    const { bench } = this;
    if (what === 'restart') {
      const stopped = bench.board.stop();
      for (let step = 0; step < 30; step++) {
        bench.time.advance(100);
        await Promise.resolve();
      }
      await stopped;
      this.#look();
      bench.host.powerOff();
    } else {
      this.#look();
      bench.host.powerOff();
      // What was stored before may be stale, and then the first pulses may lead elsewhere.
      this.#servo = undefined;
      if (what === 'crash') bench.host.pins.reset();
      else bench.host.pins.powerOff();
    }
    this.#accepted = new Map();
    this.#seenEvents = 0;
    bench.boot(what === 'power-cut' ? 'power_on' : what);
  }

  /** An id is acted on once a boot, while it is remembered. */
  #look(): void {
    const { events } = this.bench.host;
    for (; this.#seenEvents < events.length; this.#seenEvents++) {
      const { name, at, data } = events[this.#seenEvents]!;
      if (name !== 'command_accepted') continue;
      const { id } = data as { id: string };
      const before = this.#accepted.get(id);
      if (before !== undefined && at - before < 119_000) throw new Error(`${id} was acted on twice in one boot`);
      this.#accepted.set(id, at);
    }
  }
}

describe('a board with everything, whatever is sent, pressed, dropped, cut and restarted', { timeout: 300_000 }, () => {
  it('keeps its limits, answers every command, acts on it once, comes to rest, and posts what is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<ControlMode[]>('toggle', 'pulse', 'generic'),
        fc.constantFrom('off', 'on', 'last'),
        fc.array(event, { minLength: 1, maxLength: 14 }),
        async (controlMode, powerOn, history) => {
          const definition = everything(controlMode, powerOn);
          const life = new Life(definition);
          const { bench } = life;
          bench.untilOnline();
          for (const one of history) {
            if (one.what === 'drop' && one.how === 'freeze') {
              life.frozenAt = bench.cloud.packets.filter(({ cmd }) => cmd === 'connect').length;
            }
            await life.live(one);
          }
          // Nothing runs any more: held-back commands, pulses, motions, waits of the network.
          bench.time.advance(150_000);
          bench.untilOnline();
          bench.time.advance(61_000);
          const { pins } = bench.host;
          const lit = Math.round((100 * pins.duty(PINS.lamp)) / FULL);
          expect(bench.posts().at(-1).params).toMatchObject({
            on0: pins.level(PINS.relays[0]!) === 1,
            on1: pins.level(PINS.relays[1]!) === 1,
            level: lit,
            closed: pins.level(PINS.contact) === 0,
          });
          for (const { params } of bench.posts()) {
            for (const property of definition.properties) {
              if (!fitsProperty(property, params[property.key])) {
                throw new Error(`${property.key} is posted as ${params[property.key]}`);
              }
            }
          }
          if (controlMode === 'pulse' && powerOn !== 'on') {
            expect([pins.level(PINS.relays[0]!), pins.level(PINS.relays[1]!), lit]).toEqual([0, 0, 0]);
          }
          const before = life.changes;
          bench.time.advance(600_000);
          expect(life.changes).toBe(before);
          expect(pins.cutCycles).toBe(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
