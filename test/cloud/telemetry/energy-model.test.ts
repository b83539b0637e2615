import { describe, expect, test } from 'vitest';
import { energyModelOf, reading } from '../../../host-sim/cloud/domain/telemetry/energy-model.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import type { PropertyDefinition } from '../../../src/core/product.js';
import { measured } from '../support/products.js';

const keyOf = (...properties: PropertyDefinition[]) => {
  const model = energyModelOf(properties);
  return Object.fromEntries(
    Object.entries(model).map(([role, { power, energy, soc }]) => [role, [power?.key, energy?.key, soc?.key]]),
  );
};
const NOTHING = [undefined, undefined, undefined];

describe('the energy model of a product', () => {
  test('has the roles by the first word of a key, and the quantity by the unit', () => {
    expect(
      keyOf(
        measured('battery_power', 'W'),
        measured('battery_energy', 'Wh'),
        measured('soc', '%'),
        measured('solar_power', 'kW'),
        measured('pv_energy', 'kWh'),
        measured('load_power', 'W'),
        measured('grid_power', 'W'),
        measured('grid_energy', 'kWh'),
      ),
    ).toEqual({
      battery: ['battery_power', 'battery_energy', 'soc'],
      pv: ['solar_power', 'pv_energy', undefined],
      load: ['load_power', undefined, undefined],
      grid: ['grid_power', 'grid_energy', undefined],
    });
  });

  test('reads camel case as it reads snake case, and numbers behind the role', () => {
    const model = keyOf(measured('pvPower', 'W'), measured('battery1Soc', '%'), measured('pv2_energy', 'kWh'));
    expect(model).toMatchObject({
      pv: ['pvPower', 'pv2_energy', undefined],
      battery: [undefined, undefined, 'battery1Soc'],
    });
  });

  test('takes no word that only begins alike for a role', () => {
    const model = keyOf(measured('pvc_power', 'W'), measured('society', '%'), measured('batterypack_power', 'W'));
    expect(Object.values(model)).toEqual([NOTHING, NOTHING, NOTHING, NOTHING]);
  });

  test('takes the first of several that measure the same', () => {
    expect(keyOf(measured('pv_power', 'W'), measured('pv1_power', 'W')).pv).toEqual(['pv_power', undefined, undefined]);
  });

  test('takes no setting, switch, content or health for a measurement', () => {
    const model = energyModelOf([
      measured('load_on', undefined, { type: 'boolean', writable: true }),
      measured('load_limit_power', 'W', { writable: true }),
      measured('battery_capacity', 'Wh'),
      measured('battery_remaining', 'kWh'),
      measured('battery_reserve', '%', { writable: true }),
      measured('battery_soh', '%'),
      measured('battery_voltage', 'V'),
      measured('grid_power', 'toString'),
    ]);
    for (const part of Object.values(model)) {
      expect(part).toMatchObject({ isPresent: false, power: undefined, energy: undefined, soc: undefined });
    }
    expect(model.load.properties.map(({ key }) => key)).toEqual(['load_on', 'load_limit_power']);
  });

  test.each(['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'])(
    'is empty for %s, which has no meter',
    (productKey) => {
      const model = energyModelOf(loadProduct(productKey).properties);
      expect(Object.values(model).map(({ isPresent }) => isPresent)).toEqual([false, false, false, false]);
    },
  );
});

describe('a reading', () => {
  test('is none where it is beyond all meters: sums of such are no numbers', () => {
    const { pv } = energyModelOf([measured('pv_power', 'kW')]);
    expect(reading(pv.power!, 9e6)).toBe(9e9);
    expect(reading(pv.power!, 1e7)).toBeNull();
  });

  test('is in W, kWh or %, without dust of the arithmetic', () => {
    const { pv, battery } = energyModelOf([
      measured('pv_power', 'kW'),
      measured('pv_energy', 'Wh'),
      measured('soc', '%'),
    ]);
    expect(reading(pv.power!, 1.005)).toBe(1_005);
    expect(reading(pv.energy!, 1_001)).toBe(1.001);
    expect(reading(battery.soc!, 63.5)).toBe(63.5);
  });

  test.each([null, undefined, '12', true, Number.NaN, Number.POSITIVE_INFINITY, {}, 1e304, -1.7e308])(
    'of %s is none',
    (value) => {
      expect(reading({ key: 'pv_power', scale: 1 }, value)).toBeNull();
    },
  );
});
