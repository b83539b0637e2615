import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlParams } from '../../host-sim/cloud/domain/control-rules.js';
import { thingModelOf } from '../../host-sim/cloud/domain/thing-model.js';
import {
  actionBody,
  type CommandForms,
  commandForms,
  DURATION_MS,
  olderBody,
} from '../../host-sim/panel/views/control/command-forms.js';
import { shippedProducts } from '../../host-sim/products/load.js';
import type { ControlMode } from '../../src/core/product.js';

const MODES: readonly ControlMode[] = ['toggle', 'pulse', 'dimmer', 'readonly', 'generic'];
const product = (key: string) => shippedProducts().find(({ productKey }) => productKey === key)!;
const formsOf = (key: string, mode: ControlMode = product(key).controlMode): CommandForms =>
  commandForms(thingModelOf(product(key), mode));

/** Every body that a person can send by the forms, at the ends of every range. */
function bodiesOf(forms: CommandForms): Record<string, unknown>[] {
  const bodies: (Record<string, unknown> | undefined)[] = forms.properties.flatMap(
    ({ identifier, type, range, values }) => {
      const ends = type === 'boolean' ? [true, false] : (values ?? [range!.min, range!.max]);
      return ends.map((value): Record<string, unknown> => ({ [identifier]: value }));
    },
  );
  for (const { channel, positions, takesAngle } of forms.channels) {
    for (const action of forms.actions) {
      for (const position of [undefined, ...positions]) {
        for (const durationMs of [undefined, DURATION_MS.min, DURATION_MS.max]) {
          bodies.push(actionBody(forms, channel, { action, position, durationMs }));
        }
      }
    }
    for (const on of [undefined, true, false]) {
      for (const angleDeg of takesAngle ? [undefined, 0, 180] : [undefined]) {
        bodies.push(olderBody(forms, channel, { on, angleDeg }));
      }
    }
  }
  return bodies.filter((body) => body !== undefined);
}

describe('the forms of a product', () => {
  it('are those of its control mode', () => {
    expect(formsOf('SW-SERVO-001')).toMatchObject({
      nothing: undefined,
      actions: ['toggle', 'pulse', 'trigger'],
      properties: [],
    });
    expect(formsOf('SW-SERVO-001', 'pulse').actions).toEqual(['pulse', 'trigger']);
    expect(formsOf('SW-DIM-001').actions).toEqual([]);
    expect(formsOf('SW-DIM-001').properties.map(({ identifier }) => identifier)).toEqual(['level', 'on']);
    expect(formsOf('SW-GEN-001').properties.map(({ identifier }) => identifier)).toEqual([
      'position',
      'angle',
      'relay',
      'level',
    ]);
    expect(formsOf('SW-RELAY-002').channels).toEqual([
      { channel: 0, type: 'relay', positions: ['up', 'down'], takesAngle: false },
      { channel: 1, type: 'relay', positions: ['up', 'down'], takesAngle: false },
    ]);
  });

  it('are none where nothing can be commanded, and say why', () => {
    expect(formsOf('SW-SENSE-001')).toEqual({ nothing: 'readonly', actions: [], channels: [], properties: [] });
    expect(formsOf('SW-SENSE-001', 'generic').nothing).toBe('no outputs');
  });

  it('of a product without a definition are those of its mode, for eight channels of which nothing is known', () => {
    const forms = commandForms({ controlMode: 'generic' });
    expect(forms.channels).toHaveLength(8);
    expect(forms.channels[7]).toEqual({
      channel: 7,
      type: undefined,
      positions: ['up', 'middle', 'down'],
      takesAngle: true,
    });
    expect(forms.properties).toEqual([]);
  });

  it('make nothing that the cloud refuses, of any product in any mode', () => {
    for (const definition of [...shippedProducts(), undefined]) {
      for (const controlMode of MODES) {
        const forms = commandForms(definition ? thingModelOf(definition, controlMode) : { controlMode });
        const bodies = bodiesOf(forms);
        expect(bodies.length > 0).toBe(forms.nothing === undefined);
        for (const body of bodies) expect(controlParams({ controlMode, definition }, body)).toEqual(body);
      }
    }
  });

  it('leave out nothing that the cloud takes of an action', () => {
    const actions = fc.constantFrom('toggle', 'pulse', 'trigger');
    const any = fc.tuple(fc.constantFrom(...shippedProducts()), fc.constantFrom(...MODES), actions);
    fc.assert(
      fc.property(any, ([definition, controlMode, action]) => {
        const taken = commandForms(thingModelOf(definition, controlMode)).actions;
        const said = () => controlParams({ controlMode, definition }, { action });
        if (taken.some((one) => one === action)) expect(said()).toEqual({ action });
        else expect(said).toThrow();
      }),
    );
  });
});

describe('a command', () => {
  it('names its channel where a board has more than one, and says nothing of what is left open', () => {
    expect(actionBody(formsOf('SW-SERVO-001'), 0, { action: 'toggle', position: 'up', durationMs: 500 })).toEqual({
      action: 'toggle',
      position: 'up',
    });
    expect(actionBody(formsOf('SW-SERVO-001'), 0, { action: 'pulse' })).toEqual({ action: 'pulse' });
    expect(actionBody(formsOf('SW-RELAY-002'), 1, { action: 'pulse', durationMs: 500 })).toEqual({
      action: 'pulse',
      duration: 500,
      channel: 1,
    });
    expect(olderBody(formsOf('SW-SERVO-001'), 0, { on: true, angleDeg: 90 })).toEqual({ switch: true, angle: 90 });
    expect(olderBody(formsOf('SW-SERVO-001'), 0, {})).toBeUndefined();
  });
});
