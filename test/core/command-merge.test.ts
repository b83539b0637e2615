import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { mergeByChannel } from '../../src/core/command-merge.js';
import type { ControlCommand } from '../../src/core/control-command.js';
import { readPropertySet } from '../../src/core/property-set.js';

/** What a message comes to, as `0 up`, `2 level 40` and so on. */
function outcome(params: Record<string, unknown>, productKey: string): string {
  const set = readPropertySet(params, loadProduct(productKey));
  if ('code' in set) throw new Error(set.message);
  return mergeByChannel(set.commands).map(inWords).join(', ');
}

function inWords(command: ControlCommand): string {
  const { kind, channel } = command;
  if (kind === 'position') return `${channel} ${command.position}`;
  if (kind === 'angle') return `${channel} angle ${command.angleDeg}`;
  return kind === 'level' ? `${channel} level ${command.level}` : `${channel} ${kind}`;
}

/** Every order of the keys. */
function orders(params: Record<string, unknown>): Record<string, unknown>[] {
  const entries = Object.entries(params);
  if (entries.length < 2) return [params];
  return entries.flatMap(([key, value]) => {
    const { [key]: _first, ...rest } = params;
    return orders(rest).map((order) => ({ [key]: value, ...order }));
  });
}

describe('one message acts once on each output, whatever the order of its keys', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['SW-DIM-001', { on: true, level: 20 }, '0 level 20'],
    ['SW-DIM-001', { on: false, level: 20 }, '0 down'],
    ['SW-DIM-001', { level: 20, switch: true }, '0 level 20'],
    ['SW-DIM-001', { level: 20, switch: false }, '0 down'],
    ['SW-DIM-001', { level: 0, on: true }, '0 level 0'],
    ['SW-DIM-001', { angle: 36, on: true }, '0 angle 36'],
    ['SW-DIM-001', { angle: 36, on: false }, '0 down'],
    ['SW-DIM-001', { angle: 36, level: 70 }, '0 level 70'],
    ['SW-DIM-001', { angle: 36, switch: true, on: true, level: 70 }, '0 level 70'],
    ['SW-GEN-001', { switch: true, position: 'middle' }, '0 middle'],
    ['SW-GEN-001', { switch: true, position: 'down' }, '0 down'],
    ['SW-GEN-001', { switch: false, position: 'up' }, '0 down'],
    ['SW-GEN-001', { angle: 30, position: 'up' }, '0 angle 30'],
    ['SW-GEN-001', { action: 'trigger', level: 40, channel: 2 }, '2 pulse'],
    ['SW-GEN-001', { action: 'toggle', position: 'up', switch: false }, '0 down'],
    ['SW-GEN-001', { action: 'toggle', position: 'up', relay: false, channel: 1 }, '1 down'],
    ['SW-GEN-001', { action: 'trigger', relay: false, level: 40 }, '0 pulse, 1 down, 2 level 40'],
    ['SW-RELAY-002', { position: 'down', relay0: true }, '0 down'],
    ['SW-RELAY-002', { position: 'up', relay0: false, relay1: true }, '0 down, 1 up'],
  ])('%s %j: %s', (productKey, params, result) => {
    for (const order of orders(params)) expect(outcome(order, productKey), JSON.stringify(order)).toBe(result);
  });
});

describe('any commands', () => {
  const channel = fc.nat(3);
  const form = fc.constantFrom('legacy' as const, 'property' as const);
  const named = fc.constantFrom('up' as const, 'middle' as const, 'down' as const);
  const command: fc.Arbitrary<ControlCommand> = fc.oneof(
    fc.record({ kind: fc.constant('position' as const), channel, position: named, form }),
    fc.record({ kind: fc.constant('angle' as const), channel, angleDeg: fc.nat(180), form }),
    fc.record({ kind: fc.constant('level' as const), channel, level: fc.nat(100), form }),
    fc.record({ kind: fc.constant('pulse' as const), channel, form: fc.constant('action' as const) }),
  );

  it('come to one of them for each of their channels, the same in every order', () => {
    const lists = fc
      .array(command, { minLength: 1, maxLength: 8 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(lists, ([list, shuffled]) => {
        const merged = mergeByChannel(list);
        expect(merged.map((one) => one.channel)).toEqual([...new Set(list.map((one) => one.channel))].sort());
        for (const one of merged) expect(list).toContain(one);
        expect(mergeByChannel(shuffled).map(inWords)).toEqual(merged.map(inWords));
      }),
    );
  });
});
