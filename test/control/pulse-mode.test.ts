import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ControlCommand } from '../../src/core/control-command.js';
import type { ControlMode } from '../../src/core/product.js';
import { Bench, productLike } from './bench.js';

const MAX_MS = 3000;
const OUTPUTS = [
  { type: 'relay', pin: 16, powerOn: 'last', pulse: { maxMs: MAX_MS } },
  { type: 'relay', pin: 17, powerOn: 'last', pulse: { position: 'down', rest: 'up', maxMs: MAX_MS } },
  { type: 'servo', pin: 18, pulse: { maxMs: MAX_MS } },
  { type: 'dimmer', pin: 19, fadeMs: 100, powerOn: 'last', pulse: { maxMs: MAX_MS } },
];
const RESTS = ['down', 'up', 'middle', 'down'];

function bench(controlMode: ControlMode = 'pulse', lastValues: number[] = []): Bench {
  const product = productLike('SW-RELAY-002', {
    controlMode: 'toggle',
    outputs: OUTPUTS,
    interlocks: [],
    properties: [],
  });
  // In control mode `pulse` a definition with these power-on rules is refused; the firmware keeps to its limit all the same.
  return new Bench({ ...product, controlMode }, { lastValues });
}

const legacy = (channel: number, position: 'up' | 'down'): ControlCommand => ({
  kind: 'position',
  channel,
  position,
  form: 'legacy',
});

describe('in control mode pulse', () => {
  test.each([
    ['the legacy switch of a relay', legacy(0, 'up')],
    ['the legacy switch of a relay that rests on', legacy(1, 'down')],
    ['the legacy switch of a servo', legacy(2, 'up')],
    ['a legacy angle', { kind: 'angle', channel: 2, angleDeg: 33, form: 'legacy' }],
    ['a level', { kind: 'level', channel: 3, level: 7, form: 'property' }],
    ['a property', { kind: 'position', channel: 0, position: 'up', form: 'property' }],
  ] as const)(
    '%s leads away from rest for as long as the longest pulse, and is stored as rest',
    async (_what, command) => {
      const { channel } = command;
      const board = bench('pulse', [0, 1, 90, 0]);
      board.tell(command);
      board.time.runUntil(() => board.settled.length === 1);
      const { atMs } = board.settled[0]!;
      const away = board.control.read(channel, 'angle');
      board.time.advance(MAX_MS - 1);
      expect(board.control.read(channel, 'angle')).toBe(away);
      expect(board.control.restValues()).toEqual([0, 1, 90, 0]);
      board.time.runUntil(() => board.settled.length === 2);
      expect(board.control.read(channel, 'position')).toBe(RESTS[channel]);
      expect(board.settled[1]!.atMs - atMs).toBeGreaterThanOrEqual(MAX_MS);
      expect([board.control.busy, board.rests]).toEqual([false, 1]);
    },
  );

  test('what leads to rest runs no time', () => {
    const board = bench('pulse', [1, 1, 90, 0]);
    board.tell(legacy(0, 'down'));
    board.time.advance(0);
    expect(board.control.busy).toBe(false);
  });

  test('the same again starts the time anew, and rest ends it', () => {
    const board = bench();
    board.tell(legacy(0, 'up'));
    board.time.advance(2000);
    board.tell(legacy(0, 'up'));
    board.time.advance(2000);
    expect(board.control.read(0, 'on')).toBe(true);
    board.tell(legacy(0, 'down'));
    board.time.advance(0);
    expect([board.control.read(0, 'on'), board.control.busy]).toEqual([false, false]);
  });

  test('a reboot ends it safely, whatever the power-on rule', async () => {
    const board = bench();
    board.tell(legacy(0, 'up'));
    board.time.advance(100);
    const lastValues = board.control.restValues();
    board.powerCut();
    board.boot({ lastValues });
    expect(board.bank.level(16)).toBe(0);
    board.tell(legacy(0, 'up'));
    board.time.advance(100);
    expect((await board.stop())[0]).toBe(0);
    expect(board.bank.level(16)).toBe(0);
  });

  test('nothing but a pulse of the longest time keeps an output from its rest, whatever comes', () => {
    const channel = fc.nat(3);
    const command: fc.Arbitrary<ControlCommand> = fc.oneof(
      fc.record({ kind: fc.constant('pulse' as const), channel, durationMs: fc.integer({ min: 1, max: 1e9 }) }),
      fc.record({
        kind: fc.constant('position' as const),
        channel,
        position: fc.constantFrom('up' as const, 'middle' as const, 'down' as const),
        form: fc.constantFrom('legacy' as const, 'property' as const),
      }),
      fc.record({
        kind: fc.constant('angle' as const),
        channel,
        angleDeg: fc.nat(180),
        form: fc.constant('legacy' as const),
      }),
      fc.record({
        kind: fc.constant('level' as const),
        channel,
        level: fc.nat(100),
        form: fc.constant('property' as const),
      }),
      fc.record({ kind: fc.constant('flip' as const), channel }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.nat(4000)), { maxLength: 12 }), (plan) => {
        const board = bench('pulse', [0, 1, 90, 0]);
        for (const [told, waitMs] of plan) {
          board.control.applyLocal(told);
          board.time.advance(waitMs);
        }
        // The longest motion there and back, beside the time itself.
        board.time.advance(MAX_MS + 3000);
        for (let at = 0; at < RESTS.length; at++) expect(board.control.read(at, 'position')).toBe(RESTS[at]);
        expect(board.control.busy).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each<ControlMode>(['toggle', 'generic', 'dimmer'])(
  'in control mode %s the legacy switch holds until it is told otherwise',
  (mode) => {
    const board = bench(mode);
    board.tell(legacy(0, 'up'));
    board.time.advance(24 * 3_600_000);
    expect(board.control.read(0, 'on')).toBe(true);
  },
);
