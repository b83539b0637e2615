import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ControlCommand } from '../../src/core/control-command.js';
import type { DimmerDefinition, Product, ServoDefinition } from '../../src/core/product.js';
import { Bench, productLike } from './bench.js';

type Event =
  | { readonly what: 'command'; readonly command: ControlCommand }
  | { readonly what: 'wait'; readonly ms: number }
  | { readonly what: 'store' | 'power-cut' | 'crash' | 'restart' };

const SEQUENCES = { numRuns: 2000 };

function commands(channels: number): fc.Arbitrary<ControlCommand> {
  const channel = fc.nat(channels - 1);
  return fc.oneof(
    fc.record({
      kind: fc.constant('position' as const),
      channel,
      position: fc.constantFrom('up' as const, 'middle' as const, 'down' as const),
    }),
    fc.record({ kind: fc.constant('flip' as const), channel }),
    fc.record({
      kind: fc.constant('pulse' as const),
      channel,
      durationMs: fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 1, max: 10_000_000 })),
    }),
    fc.record({ kind: fc.constant('pulse' as const), channel }),
    fc.record({ kind: fc.constant('angle' as const), channel, angleDeg: fc.integer({ min: 0, max: 180 }) }),
    fc.record({ kind: fc.constant('level' as const), channel, level: fc.integer({ min: 0, max: 100 }) }),
  );
}

function histories(channels: number): fc.Arbitrary<Event[]> {
  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 6, arbitrary: commands(channels).map((command) => ({ what: 'command' as const, command })) },
    {
      weight: 5,
      arbitrary: fc.oneof(fc.nat(60), fc.nat(1500), fc.nat(70_000)).map((ms) => ({ what: 'wait' as const, ms })),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('store' as const, 'power-cut' as const, 'crash' as const, 'restart' as const)
        .map((what) => ({ what })),
    },
  );
  return fc.array(event, { maxLength: 30 });
}

/** Lives through a history as a board does: `store` is the write of at most once a minute, a restart stores at its end. */
async function live(
  bench: Bench,
  history: readonly Event[],
  onEvent: (event: Event) => void = () => {},
): Promise<void> {
  let stored: number[] | undefined;
  const last = (): { lastValues?: number[] } => (stored ? { lastValues: stored } : {});
  for (const event of history) {
    onEvent(event);
    if (event.what === 'command') bench.control.apply(event.command);
    else if (event.what === 'wait') bench.time.advance(event.ms);
    else if (event.what === 'store') stored = bench.control.restValues();
    else if (event.what === 'crash') bench.crash(last());
    else if (event.what === 'power-cut') {
      bench.powerCut();
      bench.boot(last());
    } else {
      stored = await bench.stop();
      bench.boot({ lastValues: stored, keepState: true });
    }
  }
}

const relay = fc.record({
  activeLevel: fc.constantFrom(0, 1),
  powerOn: fc.constantFrom('off', 'on', 'last'),
  minOnMs: fc.constantFrom(0, 300, 2000),
  minOffMs: fc.constantFrom(0, 300, 2000),
  pulse: fc.record({ maxMs: fc.constantFrom(2000, 60_000) }),
});

function interlocked(relays: readonly object[], interlocks: readonly object[]): Product {
  const pins = [16, 17, 18];
  const outputs = relays.map((options, index) => ({ type: 'relay', pin: pins[index], ...options }));
  return productLike('SW-RELAY-002', { outputs, interlocks, properties: [] });
}

const servo = fc
  .record({
    limitsDeg: fc.record({ min: fc.integer({ min: 0, max: 60 }), max: fc.integer({ min: 120, max: 180 }) }),
    speedDegPerS: fc.integer({ min: 20, max: 450 }),
    detachMs: fc.integer({ min: 20, max: 1000 }),
    pulse: fc.record({ maxMs: fc.constantFrom(500, 2000, 60_000) }),
  })
  .map((options) => {
    const { min, max } = options.limitsDeg;
    const output = { type: 'servo', pin: 18, ...options, positionsDeg: { up: max, middle: 90, down: min } };
    return productLike('SW-SERVO-001', { outputs: [output], properties: [] });
  });

const dimmer = fc.record({
  type: fc.constant('dimmer'),
  pin: fc.constant(19),
  activeLevel: fc.constantFrom(0, 1),
  gamma: fc.constantFrom(1, 2.8),
  fadeMs: fc.constantFrom(0, 500, 5000),
  minLevel: fc.nat(50),
  powerOn: fc.constantFrom('off', 'on', 'last'),
  pulse: fc.record({ maxMs: fc.constantFrom(500, 2000, 60_000) }),
});

/** Where a command leads a lamp, percent. */
function levelOf(command: ControlCommand): number {
  switch (command.kind) {
    case 'level':
      return command.level;
    case 'angle':
      return command.angleDeg / 1.8;
    case 'position':
      return { up: 100, middle: 50, down: 0 }[command.position];
    default:
      return 100;
  }
}

/** Two relays, a servo and a lamp. */
function everyKind(
  relays: readonly object[],
  servoProduct: Product,
  lamp: object,
  interlocks: readonly object[],
): Product {
  const [first, second] = interlocked(relays, []).outputs;
  const outputs = [first, second, servoProduct.outputs[0], lamp];
  return productLike('SW-RELAY-002', { outputs, interlocks, properties: [] });
}

describe('whatever the commands, restarts, crashes and power cuts', () => {
  test('interlocked relays are never on together, and the dead time lies between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(relay, { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 20, max: 1000 }),
        histories(3),
        async (relays, deadTimeMs, history) => {
          const product = interlocked(relays, [
            { channels: [0, 1], deadTimeMs },
            { channels: [1, 2], deadTimeMs },
          ]);
          const bench = new Bench(product);
          await live(bench, history, () => {
            const [first, second, third] = bench.control.restValues();
            if (second === 1 && (first === 1 || third === 1)) throw new Error('both are stored as on');
          });
          bench.time.advance(100_000);
          // From the trace of the pins, so that no moment is missed.
          const isOn = [false, false, false];
          const offMs = [-Infinity, -Infinity, -Infinity];
          for (const { pin, kind, value, atMs } of bench.changes) {
            const channel = product.outputs.findIndex((output) => output.pin === pin);
            const output = product.outputs[channel]!;
            const on = kind === 'digital' && output.type === 'relay' && value === output.activeLevel;
            if (isOn[channel] && !on) offMs[channel] = atMs;
            isOn[channel] = on;
            for (const partner of on ? (channel === 1 ? [0, 2] : [1]) : []) {
              if (isOn[partner]) throw new Error(`${channel} and ${partner} are on at ${atMs} ms`);
              if (atMs - offMs[partner]! < deadTimeMs)
                throw new Error(`${channel} came on ${atMs - offMs[partner]!} ms after ${partner}`);
            }
          }
        },
      ),
      SEQUENCES,
    );
  });

  test('a servo is never outside its limits nor faster than its speed, and its pin is never cut mid-cycle', async () => {
    await fc.assert(
      fc.asyncProperty(servo, fc.constantFrom(10, 14), histories(1), async (product, pwmResolution, history) => {
        const { limitsDeg, pulseUs, speedDegPerS } = product.outputs[0] as ServoDefinition;
        const bench = new Bench(product, { pwmResolution });
        const boots: number[] = [];
        await live(bench, history, ({ what }) => {
          if (what === 'crash' || what === 'power-cut') boots.push(bench.changes.length);
        });
        bench.time.advance(100_000);
        const usPerDuty = 1_000_000 / (50 * (2 ** pwmResolution - 1));
        const degPerDuty = (usPerDuty * 180) / (pulseUs.max - pulseUs.min);
        let last: { deg: number; atMs: number } | undefined;
        bench.changes.forEach(({ value, atMs }, index) => {
          // What was stored before a power cut may be stale: then the first pulses may lead elsewhere.
          if (boots.includes(index)) last = undefined;
          if (value === 0) return;
          const deg = ((value * usPerDuty - pulseUs.min) * 180) / (pulseUs.max - pulseUs.min);
          if (deg < limitsDeg.min - 1e-6 || deg > limitsDeg.max + 1e-6) throw new Error(`${deg}° at ${atMs} ms`);
          if (last && Math.abs(deg - last.deg) > (speedDegPerS * (atMs - last.atMs)) / 1000 + degPerDuty + 1e-6) {
            throw new Error(`from ${last.deg}° to ${deg}° in ${atMs - last.atMs} ms`);
          }
          last = { deg, atMs };
        });
        expect(bench.bank.cutCycles).toBe(0);
      }),
      SEQUENCES,
    );
  });

  test('a lamp is never brighter than where its commands lead, nor on below its lowest level', async () => {
    await fc.assert(
      fc.asyncProperty(dimmer, fc.constantFrom(10, 14), histories(1), async (lamp, pwmResolution, history) => {
        const product = productLike('SW-SERVO-001', { outputs: [lamp], properties: [] });
        const { minLevel, gamma, activeLevel } = product.outputs[0] as DimmerDefinition;
        const bench = new Bench(product, { pwmResolution });
        const full = 2 ** pwmResolution - 1;
        const dutyOf = (level: number): number => {
          if (level === 0) return 0;
          const share = (Math.max(level, minLevel) / 100) ** gamma;
          return Math.max(1, activeLevel === 1 ? Math.round(share * full) : full - Math.round((1 - share) * full));
        };
        const lit = (): number => (activeLevel === 1 ? bench.bank.duty(19) : full - bench.bank.duty(19));
        let brightest = bench.control.read(0, 'level') as number;
        let seen = bench.changes.length;
        /** All that the pin has given since the last look; what it gives for no time at all is not seen by anyone. */
        const look = (): void => {
          for (; seen < bench.changes.length; seen++) {
            const { kind, value, atMs } = bench.changes[seen]!;
            if (kind !== 'pwm' || bench.changes[seen + 1]?.atMs === atMs) continue;
            const duty = activeLevel === 1 ? value : full - value;
            if (duty > dutyOf(Math.round(brightest)))
              throw new Error(`duty ${duty} at ${atMs} ms, told ${brightest} %`);
            if (duty > 0 && duty < dutyOf(minLevel)) throw new Error(`duty ${duty} at ${atMs} ms, on below the lowest`);
          }
        };
        await live(bench, history, (event) => {
          look();
          if (event.what === 'command') {
            // Readings are whole percents, and a fade is between them.
            brightest = Math.max(bench.control.read(0, 'level') as number, levelOf(event.command)) + 1;
          } else if (event.what !== 'wait' && event.what !== 'store') brightest = 100;
        });
        look();
        bench.time.advance(100_000);
        look();
        expect(lit()).toBe(dutyOf(bench.control.read(0, 'level') as number));
        expect(bench.bank.cutCycles).toBe(0);
      }),
      SEQUENCES,
    );
  });

  test('a pulse is over in its time: once its limit has passed, the output is at rest', async () => {
    const outputs = fc.tuple(relay, servo, dimmer).map(([options, product, lamp]) => {
      const output = product.outputs[0] as ServoDefinition;
      return productLike('SW-RELAY-002', {
        outputs: [{ type: 'relay', pin: 16, ...options }, output, lamp],
        interlocks: [],
        properties: [],
      });
    });
    await fc.assert(
      fc.asyncProperty(
        outputs,
        histories(3),
        fc.nat(2),
        fc.integer({ min: 1, max: 1e9 }),
        async (product, history, channel, durationMs) => {
          const bench = new Bench(product);
          await live(bench, history);
          bench.tell({ kind: 'pulse', channel, durationMs });
          const output = product.outputs[channel]!;
          const waitMs = {
            relay: output.type === 'relay' ? output.minOffMs + output.minOnMs : 0,
            servo: output.type === 'servo' ? 2 * (180_000 / output.speedDegPerS + 1000) : 0,
            dimmer: output.type === 'dimmer' ? 2 * (output.fadeMs + 20) : 0,
          }[output.type];
          bench.time.advance(output.pulse.maxMs + waitMs);
          expect(bench.control.read(channel, 'position')).toBe(output.pulse.rest);
        },
      ),
      SEQUENCES,
    );
  });

  test('no pin moves without a command, nothing runs for ever, and the last report is what the output really is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(relay, { minLength: 2, maxLength: 2 }),
        servo,
        dimmer,
        histories(4),
        async (relays, servoProduct, lamp, history) => {
          const product = everyKind(relays, servoProduct, lamp, [{ channels: [0, 1], deadTimeMs: 100 }]);
          const bench = new Bench(product);
          await live(bench, history);
          bench.time.advance(200_000);
          expect(bench.control.busy).toBe(false);
          const before = bench.changes.length;
          bench.time.advance(24 * 3_600_000);
          expect(bench.changes.length).toBe(before);
          const rebooted = history.some(({ what }) => what === 'crash' || what === 'power-cut' || what === 'restart');
          for (let channel = 0; channel < 4; channel++) {
            const report = bench.settled.filter((settled) => settled.channel === channel).at(-1);
            const real = Number(bench.control.read(channel, (['on', 'on', 'angle', 'level'] as const)[channel]!));
            if (report && !rebooted) expect(report.value).toBe(real);
            expect(Math.round(bench.control.restValues()[channel]!)).toBe(real);
            if (channel === 3) expect(bench.light(3)).toBeCloseTo((real / 100) ** (lamp.gamma ?? 0), 3);
          }
        },
      ),
      SEQUENCES,
    );
  });

  test('every accepted command is reported: alone once (a pulse at both its ends), and among others at the latest when all is done', () => {
    fc.assert(
      fc.property(
        fc.array(relay, { minLength: 2, maxLength: 2 }),
        servo,
        dimmer,
        fc.array(fc.tuple(commands(4), fc.oneof(fc.nat(100), fc.constant(200_000))), { maxLength: 12 }),
        (relays, servoProduct, lamp, plan) => {
          const bench = new Bench(everyKind(relays, servoProduct, lamp, []));
          bench.time.advance(200_000);
          let alone = true;
          for (const [command, waitMs] of plan) {
            const before = bench.settled.length;
            if (bench.control.apply(command)) continue;
            expect(bench.settled.length).toBe(before);
            bench.time.advance(waitMs);
            if (waitMs === 200_000) {
              const reports = bench.settled.slice(before).filter(({ channel }) => channel === command.channel).length;
              if (alone) expect(reports).toBe(command.kind === 'pulse' ? 2 : 1);
              else expect(reports).toBeGreaterThan(0);
            }
            alone = waitMs === 200_000;
          }
        },
      ),
      SEQUENCES,
    );
  });
});
