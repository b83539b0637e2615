import { describe, expect, it } from 'vitest';
import { controlParams } from '../../host-sim/cloud/domain/control-rules.js';
import { thingModelOf } from '../../host-sim/cloud/domain/thing-model.js';
import type { ThingModel } from '../../host-sim/panel/state/device.js';
import { arrange, EVERYTHING, type Listed } from '../../host-sim/panel/views/boards/arrange.js';
import { blinkSteps, ledMeaning } from '../../host-sim/panel/views/boards/led-meaning.js';
import {
  barsOf,
  digitsOf,
  fromLevel,
  inputProperty,
  numbered,
  postedLook,
  postedRssi,
  scaleOf,
  toLevel,
} from '../../host-sim/panel/views/boards/looks.js';
import { quickCommands } from '../../host-sim/panel/views/boards/quick-commands.js';
import { loadProduct, shippedProducts } from '../../host-sim/products/load.js';
import type { ControlMode } from '../../src/core/product.js';

const MODES: readonly ControlMode[] = ['toggle', 'pulse', 'dimmer', 'readonly', 'generic'];

function modelOf(key: string, mode?: ControlMode): ThingModel {
  const product = loadProduct(key);
  return thingModelOf(product, mode ?? product.controlMode) as ThingModel;
}

const posted = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, reportedAt: '2026-01-01T00:00:00Z' }]),
  );

describe('a command of a card', () => {
  it('is one that the cloud takes, for every product that is shipped and every control mode', () => {
    for (const definition of shippedProducts()) {
      for (const controlMode of MODES) {
        const model = modelOf(definition.productKey, controlMode);
        for (const { channel } of model.channels) {
          const commands = quickCommands(model, channel);
          expect(commands.length > 0).toBe(controlMode !== 'readonly');
          for (const { params } of commands) {
            expect(controlParams({ controlMode, definition }, params)).toEqual(params);
          }
        }
      }
    }
  });

  it('is for an output that is there', () => {
    expect(quickCommands(modelOf('SW-SERVO-001'), 1)).toEqual([]);
    expect(quickCommands(modelOf('SW-SENSE-001'), 0)).toEqual([]);
  });
});

describe('an output of a real board', () => {
  const model = modelOf('SW-GEN-001');

  it('is drawn as its posts tell', () => {
    const properties = posted({ angle: 30, relay: true, level: 40 });
    expect(postedLook('servo', 0, model, properties)).toMatchObject({ angleDeg: 30, attached: undefined });
    expect(postedLook('relay', 1, model, properties)).toEqual({ type: 'relay', on: true });
    expect(postedLook('dimmer', 2, model, properties)).toEqual({ type: 'dimmer', level: 40 });
  });

  it('is not known where nothing has been posted, or nothing that makes sense', () => {
    for (const properties of [{}, posted({ angle: 'up', relay: 1, level: 101 }), posted({ angle: -1, level: null })]) {
      expect(postedLook('servo', 0, model, properties)).toMatchObject({ angleDeg: undefined });
      expect(postedLook('relay', 1, model, properties)).toEqual({ type: 'relay', on: undefined });
      expect(postedLook('dimmer', 2, model, properties)).toEqual({ type: 'dimmer', level: undefined });
    }
  });

  it('is told by its position where that is all there is', () => {
    const relays = modelOf('SW-RELAY-002');
    expect(postedLook('relay', 0, relays, posted({ position: 'up' }))).toEqual({ type: 'relay', on: true });
    expect(postedLook('relay', 0, relays, posted({ position: 'down' }))).toEqual({ type: 'relay', on: false });
    expect(postedLook('relay', 1, relays, posted({ position: 'up' }))).toEqual({ type: 'relay', on: undefined });
  });

  it('has a signal only where a post carries one', () => {
    expect(postedRssi(posted({ wifi_rssi: -61 }))).toBe(-61);
    expect(postedRssi(posted({ wifi_rssi: 'strong' }))).toBeUndefined();
    expect(postedRssi({})).toBeUndefined();
  });
});

describe('a voltage', () => {
  it('is turned in the unit of the property that shows it', () => {
    const scale = scaleOf(inputProperty(modelOf('SW-GEN-001'), 1));
    expect(scale).toEqual({ min: 0, max: 2.45, step: 0.01, unit: 'V' });
    expect(fromLevel(scale, 0.5)).toBeCloseTo(1.225);
    expect(toLevel(scale, 2.45)).toBe(1);
    expect(toLevel(scale, 99)).toBe(1);
  });

  it('is turned in percent where no property shows it', () => {
    expect(scaleOf(inputProperty(modelOf('SW-GEN-001'), 7))).toMatchObject({ max: 100, unit: '%' });
    expect(scaleOf(undefined).unit).toBe('%');
  });

  it('is written with the digits of its steps', () => {
    expect([1, 0.1, 0.01, 0.125, 5].map(digitsOf)).toEqual([0, 1, 2, 3, 0]);
  });
});

it('parts of a kind are numbered where there are several', () => {
  expect(numbered(['servo', 'relay', 'relay'])).toEqual(['', '1', '2']);
  expect(numbered([])).toEqual([]);
});

it('four bars are a strong signal, none is hardly one', () => {
  expect([-40, -55, -60, -70, -80, -90].map(barsOf)).toEqual([4, 4, 3, 2, 1, 0]);
});

describe('the status LED', () => {
  const meaning = (cycle: readonly number[], on = true, state = 'joining') => ledMeaning({ on, cycle }, state);

  it('is read by its pattern, as docs/events.md has them', () => {
    expect(meaning([50, 50])).toBe('identify');
    expect(meaning([100, 100, 100, 1_700])).toBe('unprovisioned');
    expect(meaning([200, 200])).toBe('provisioning');
    expect(meaning([500, 500])).toBe('joining');
    expect(meaning([100, 900])).toBe('cloud');
    expect(meaning([1_600, 100, 200, 100])).toBe('updating');
    expect(meaning([1_500, 500])).toBe('hopeless');
    expect(meaning([100, 100, 100, 100, 100, 1_500])).toBe('safeMode');
    expect(meaning([700, 50])).toBe('blinking');
  });

  it('is read as steady only where its board is in a state that has it so', () => {
    expect(meaning([], true, 'online')).toBe('online');
    expect(meaning([], false, 'off')).toBe('off');
    expect(meaning([], true, 'joining')).toBe('lit');
    expect(meaning([], false, 'online')).toBe('dark');
  });

  it('blinks in the steps of its pattern', () => {
    expect(blinkSteps([100, 100, 100, 1_700])).toEqual([
      { offset: 0, on: true },
      { offset: 0.05, on: false },
      { offset: 0.1, on: true },
      { offset: 0.15, on: false },
      { offset: 1, on: true },
    ]);
  });
});

describe('the list', () => {
  const board = (id: string, more: Partial<Listed> = {}): Listed => ({
    ...{ id, serial: `SN-${id}`, name: id, productKey: 'P', status: 'online', state: undefined },
    ...more,
  });
  const boards = [
    board('lamp 10', { productKey: 'B' }),
    board('lamp 9', { status: 'offline', state: 'off' }),
    board('Servo', { status: 'inactive' }),
  ];
  const ids = (change: Partial<typeof EVERYTHING>) => arrange(boards, { ...EVERYTHING, ...change }).map(({ id }) => id);

  it('is in the order of names, with numbers as people count', () => {
    expect(ids({})).toEqual(['lamp 9', 'lamp 10', 'Servo']);
  });

  it('is in the order of products or states where that is wanted', () => {
    expect(ids({ order: 'product' })).toEqual(['lamp 10', 'lamp 9', 'Servo']);
    expect(ids({ order: 'state' })).toEqual(['lamp 10', 'lamp 9', 'Servo']);
  });

  it('shows those in which all words of a search are found, in whatever they are called', () => {
    expect(ids({ search: 'LAMP' })).toEqual(['lamp 9', 'lamp 10']);
    expect(ids({ search: ' sn-lamp  9 ' })).toEqual(['lamp 9']);
    expect(ids({ search: 'lamp servo' })).toEqual([]);
  });

  it('shows those of a state and a product', () => {
    expect(ids({ state: 'offline' })).toEqual(['lamp 9']);
    expect(ids({ state: 'off' })).toEqual(['lamp 9']);
    expect(ids({ state: 'inactive' })).toEqual(['Servo']);
    expect(ids({ product: 'B' })).toEqual(['lamp 10']);
    expect(ids({ product: 'B', state: 'offline' })).toEqual([]);
  });
});
