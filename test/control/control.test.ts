import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { Control } from '../../src/control/control.js';
import { nearestPosition } from '../../src/control/positions.js';
import type { ControlCommand } from '../../src/core/control-command.js';
import type { ControlMode, Product } from '../../src/core/product.js';
import { Bench, productLike } from './bench.js';

const servo = productLike('SW-SERVO-001');
const flip: ControlCommand = { kind: 'flip', channel: 0 };
const pulse: ControlCommand = { kind: 'pulse', channel: 0 };
const up: ControlCommand = { kind: 'position', channel: 0, position: 'up' };
const angle: ControlCommand = { kind: 'angle', channel: 0, angleDeg: 10 };

describe('control', () => {
  test.each([
    ['a channel that is not there', { kind: 'flip', channel: 1 }, 'channel: this product has no channel 1'],
    ['a negative channel', { kind: 'flip', channel: -1 }, 'channel: this product has no channel -1'],
    ['an angle above 180', { kind: 'angle', channel: 0, angleDeg: 181 }, 'angle: must be from 0 to 180'],
    ['an angle that is no number', { kind: 'angle', channel: 0, angleDeg: Number.NaN }, 'angle: must be from 0 to 180'],
    ['a duration of nothing', { kind: 'pulse', channel: 0, durationMs: 0 }, 'duration: must be at least 1 ms'],
  ] as const)('refuses %s and moves nothing', (_what, command, message) => {
    const bench = new Bench(servo);
    expect(bench.control.check(command)).toEqual({ code: 460, message });
    expect(bench.control.apply(command)).toEqual({ code: 460, message });
    bench.time.advance(10_000);
    expect(bench.changes.length).toBe(1);
    expect(bench.settled).toEqual([]);
  });

  test.each<[ControlMode, string]>([
    ['toggle', 'flip pulse up legacy-up angle property'],
    ['generic', 'flip pulse up legacy-up angle property'],
    ['pulse', 'pulse legacy-up angle property'],
    ['dimmer', 'legacy-up angle property'],
    ['readonly', ''],
  ])('control mode %s takes: %s', (controlMode, taken) => {
    const { control } = new Bench({ ...servo, controlMode });
    const commands: Record<string, ControlCommand> = {
      flip: { ...flip, form: 'action' },
      pulse: { ...pulse, form: 'action' },
      up: { ...up, form: 'action' },
      'legacy-up': { ...up, form: 'legacy' },
      angle: { ...angle, form: 'legacy' },
      property: { ...angle, form: 'property' },
    };
    const accepted = Object.keys(commands).filter((name) => control.check(commands[name]!) === undefined);
    expect(accepted.join(' ')).toBe(taken);
  });

  test('a read-only product refuses as such, whatever it has for outputs, in safe mode too', () => {
    const readOnly = { code: 460, message: 'this product is read-only and takes no commands' };
    const { control } = new Bench(productLike('SW-SENSE-001'));
    expect(control.check({ ...up, form: 'legacy' })).toEqual(readOnly);
    const safe = new Bench({ ...servo, controlMode: 'readonly' }, { safeMode: true });
    expect(safe.control.check({ ...angle, form: 'legacy' })).toEqual(readOnly);
  });

  test.each<ControlMode>(['toggle', 'pulse', 'dimmer', 'readonly', 'generic'])(
    "control mode %s does not bind the board's own button, but what the output can do does",
    (controlMode) => {
      const { control } = new Bench({ ...servo, controlMode });
      expect([flip, pulse].map((command) => control.applyLocal(command))).toEqual([undefined, undefined]);
      expect(control.applyLocal({ kind: 'flip', channel: 1 })?.code).toBe(460);
      expect(control.applyLocal({ kind: 'level', channel: 0, level: 5 })?.code).toBe(460);
    },
  );

  test('the nearest named position counts, and a tie is middle', () => {
    const positionsDeg = { up: 180, middle: 90, down: 0 };
    expect([180, 136, 135, 134, 90, 45, 44, 0].map((deg) => nearestPosition(deg, positionsDeg)).join(' ')).toBe(
      'up up middle middle middle middle down down',
    );
    expect(nearestPosition(10, { up: 20, middle: 170, down: 0 })).toBe('middle');
  });

  test('in safe mode relays are off, servos have no pulses, commands are refused, and the stored values stay', () => {
    const product = productLike('SW-RELAY-002', {
      outputs: [16, 17, 18].map((pin) => ({ type: 'relay', pin, powerOn: 'on' })),
    });
    const bench = new Bench(product, { safeMode: true, lastValues: [1, 0, 1] });
    bench.time.advance(10_000);
    expect(bench.changes.map(({ value }) => value)).toEqual([0, 0, 0]);
    expect(bench.control.apply(up)?.code).toBe(100002);
    expect(bench.control.applyLocal(flip)?.code).toBe(100002);
    expect(bench.control.restValues()).toEqual([1, 0, 1]);
  });

  test('going to the safe state stops everything at once and reports what changed', () => {
    const product = productLike('SW-RELAY-002', {
      outputs: [
        { type: 'relay', pin: 16, minOnMs: 60_000 },
        { type: 'servo', pin: 17 },
      ],
      interlocks: [],
      properties: [],
    });
    const bench = new Bench(product);
    bench.tell(up);
    bench.tell({ kind: 'position', channel: 1, position: 'up' });
    bench.time.advance(400);
    bench.settled.length = 0;
    bench.control.toSafe();
    expect([bench.bank.level(16), bench.bank.duty(17)]).toEqual([0, 0]);
    const { angleDeg } = bench.servos.get(1)!;
    bench.time.advance(60_000);
    expect(bench.settled.map(({ channel }) => channel)).toEqual([0, 1]);
    // Its inertia carries the horn on a little.
    expect(Math.abs(bench.servos.get(1)!.angleDeg - angleDeg)).toBeLessThan(1);
    expect(Math.abs((bench.control.read(1, 'angle') as number) - angleDeg)).toBeLessThan(6);
    expect(bench.control.restValues()).toEqual([1, 180]);
    expect(bench.control.busy).toBe(false);
  });

  test('close may be called twice, gives the same promise, and other methods then throw', async () => {
    const bench = new Bench(servo);
    const closed = bench.control.close();
    expect(bench.control.close()).toBe(closed);
    await closed;
    expect(() => bench.control.apply(up)).toThrow('closed');
    expect(() => bench.control.applyLocal(up)).toThrow('closed');
    expect(() => bench.control.check(up)).toThrow('closed');
    expect(() => bench.control.toSafe()).toThrow('closed');
  });

  test('nothing is called after close', async () => {
    const bench = new Bench(productLike('SW-RELAY-002'));
    bench.tell(up);
    const closed = bench.control.close();
    bench.time.advance(10_000);
    await closed;
    expect([bench.settled, bench.rests]).toEqual([[], 0]);
  });

  test('a pin that cannot be opened leaves no other pin open', () => {
    const time = new VirtualTime();
    const bank = new PinBank({ clock: time.clock });
    const taken = new bank.Digital({ pin: 17, mode: bank.Digital.Output });
    const open = (product: Product): Control =>
      new Control({ timer: time.timer, clock: time.clock, io: bank, product, onSettled: () => {} });
    expect(() => open(productLike('SW-RELAY-002'))).toThrow('pin 17 is in use');
    taken.close();
    open(productLike('SW-RELAY-002'));
  });

  test('a product without outputs works and is never busy', () => {
    const bench = new Bench(productLike('SW-SERVO-001', { controlMode: 'readonly', outputs: [], properties: [] }));
    expect([bench.control.channels, bench.control.busy, bench.control.restValues()]).toEqual([0, false, []]);
    expect(bench.control.read(0, 'on')).toBeUndefined();
  });
});
