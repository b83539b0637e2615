import { expect, test } from 'vitest';
import { KILOWATT_HOURS, ownMeter, WATTS } from '../../../host-sim/cloud/domain/automation/own-meter.js';
import { energyModelOf } from '../../../host-sim/cloud/domain/telemetry/energy-model.js';
import type { PropertyDefinition } from '../../../src/core/product.js';
import { measured } from '../support/products.js';

const own = (scales: Readonly<Record<string, number>>, ...properties: PropertyDefinition[]) =>
  ownMeter(properties, energyModelOf(properties), scales);

test('the meter of a device as a whole is of no part of it', () => {
  const energy = measured('energy_total', 'Wh');
  expect(own(KILOWATT_HOURS, measured('grid_energy', 'kWh'), energy)).toEqual({ key: 'energy_total', scale: 0.001 });
  expect(own(WATTS, measured('pv_power', 'W'))).toBeUndefined();
});

test('what a device is made for, what is in it, and what is no number, meters nothing', () => {
  const energy = measured('energy', 'kWh');
  for (const key of ['capacity', 'rated_energy', 'storedEnergy', 'energy_left']) {
    expect(own(KILOWATT_HOURS, measured(key, 'kWh'))).toBeUndefined();
    expect(own(KILOWATT_HOURS, measured(key, 'kWh'), energy)?.key).toBe('energy');
  }
  expect(own(WATTS, measured('ratedPower', 'W'), measured('power', 'W'))?.key).toBe('power');
  expect(own(WATTS, measured('power_class', 'W', { type: 'enum', values: ['50', '60'] }))).toBeUndefined();
  expect(own(WATTS, measured('power_limit', 'W', { writable: true }))).toBeUndefined();
  expect(energyModelOf([measured('pv_rated_power', 'kW'), measured('pv_power', 'W')]).pv.power?.key).toBe('pv_power');
});
