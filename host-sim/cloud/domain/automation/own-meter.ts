import type { PropertyDefinition } from '../../../../src/core/product.js';
import {
  CONTENT,
  ENERGY_ROLES,
  type EnergyModel,
  type Meter,
  meterOf,
  type Scales,
} from '../telemetry/energy-model.js';

/** Units of power, by how many W they are, and of energy, by how many kWh. */
export const WATTS: Scales = { W: 1, kW: 1_000 };
export const KILOWATT_HOURS: Scales = { Wh: 0.001, kWh: 1 };

/** The first property that measures in one of these units and is about the device as a whole: of no part of an installation. */
export function ownMeter(
  properties: readonly PropertyDefinition[],
  model: EnergyModel,
  scales: Scales,
): Meter | undefined {
  const parts = new Set(ENERGY_ROLES.flatMap((role) => model[role].properties));
  return meterOf(
    properties.filter((property) => !parts.has(property)),
    scales,
    CONTENT,
  );
}
