import type { PropertyDefinition } from '../../../../src/core/product.js';
import { ENERGY_ROLES, type EnergyModel, type Meter } from '../telemetry/energy-model.js';

/** Units of power, by how many W they are, and of energy, by how many kWh. */
export const WATTS: Scales = { W: 1, kW: 1_000 };
export const KILOWATT_HOURS: Scales = { Wh: 0.001, kWh: 1 };

type Scales = Readonly<Record<string, number>>;

/** The first property that measures in one of these units and is about the device as a whole: of no part of an installation. */
export function ownMeter(
  properties: readonly PropertyDefinition[],
  model: EnergyModel,
  scales: Scales,
): Meter | undefined {
  const parts = new Set(ENERGY_ROLES.flatMap((role) => model[role].properties));
  const own = properties.find(
    (property) => !parts.has(property) && !property.writable && Object.hasOwn(scales, property.unit ?? ''),
  );
  return own && { key: own.key, scale: scales[own.unit!]! };
}
