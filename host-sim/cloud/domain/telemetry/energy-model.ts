import type { PropertyDefinition } from '../../../../src/core/product.js';

/** The parts of an installation that a product's properties may be about. */
export const ENERGY_ROLES = ['battery', 'pv', 'load', 'grid'] as const;
export type EnergyRole = (typeof ENERGY_ROLES)[number];

/** A property that measures: `scale` times its value is in W (power), kWh (energy) or % (soc). */
export interface Meter {
  readonly key: string;
  readonly scale: number;
}

/** What a product's thing model has of one role. */
export interface EnergyPart {
  /** All properties of the role, by the order of the thing model. */
  readonly properties: readonly PropertyDefinition[];
  /** Whether any of them measures something. */
  readonly isPresent: boolean;
  readonly power: Meter | undefined;
  /** Counts up. */
  readonly energy: Meter | undefined;
  /** The state of charge; of a battery alone. */
  readonly soc: Meter | undefined;
}

export type EnergyModel = Readonly<Record<EnergyRole, EnergyPart>>;

/** What the first word of a key says, a number behind it apart. */
const ROLE_PATTERNS: Readonly<Record<EnergyRole, RegExp>> = {
  battery: /^(battery|soc)\d*$/,
  pv: /^(pv\d*|solar.*)$/,
  load: /^load/,
  grid: /^grid/,
};
const POWER_SCALES: Scales = { W: 1, kW: 1_000 };
const ENERGY_SCALES: Scales = { Wh: 0.001, kWh: 1 };
const SOC_SCALES: Scales = { '%': 1 };
/** What is in something, what fits into it, and what it is made for, is nothing that it draws or gives. */
export const CONTENT = /^(capacity|rated|nominal|stored|remaining|available|left)$/;
/** How old a battery is, in percent too. */
const HEALTH = /^(soh|health|aging)$/;

export type Scales = Readonly<Record<string, number>>;

/**
 * What of a thing model is about energy: the role by the first word of a key (`battery_power`, `pvPower`, `soc`), the
 * quantity by its unit. A setting is no measurement; of several properties that measure the same the first counts.
 */
export function energyModelOf(properties: readonly PropertyDefinition[]): EnergyModel {
  return {
    battery: partOf('battery', properties),
    pv: partOf('pv', properties),
    load: partOf('load', properties),
    grid: partOf('grid', properties),
  };
}

/** The largest number of a meter: of none beyond it six decimals are known. */
const MAX_READING = Number.MAX_SAFE_INTEGER / 1e6;

/** A value that a board reported, in the unit of its meter's quantity; null for anything but a number that a meter can show. */
export function reading(meter: Meter, value: unknown): number | null {
  if (typeof value !== 'number') return null;
  const shown = value * meter.scale;
  return Math.abs(shown) <= MAX_READING ? tidy(shown) : null;
}

/** To six decimals: what is below comes from the arithmetic, not from a meter. */
export function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function partOf(role: EnergyRole, all: readonly PropertyDefinition[]): EnergyPart {
  const properties = all.filter(({ key }) => ROLE_PATTERNS[role].test(wordsOf(key)[0]!));
  const power = meterOf(properties, POWER_SCALES, CONTENT);
  const energy = meterOf(properties, ENERGY_SCALES, CONTENT);
  const soc = role === 'battery' ? meterOf(properties, SOC_SCALES, HEALTH) : undefined;
  return { properties, isPresent: (power ?? energy ?? soc) !== undefined, power, energy, soc };
}

/**
 * The first property that measures in one of these units.
 * @param except words of a key that make it something else
 */
export function meterOf(properties: readonly PropertyDefinition[], scales: Scales, except?: RegExp): Meter | undefined {
  for (const { key, type, unit = '', writable } of properties) {
    const measures = (type === 'integer' || type === 'number') && !writable && Object.hasOwn(scales, unit);
    if (measures && !wordsOf(key).some((word) => except?.test(word))) return { key, scale: scales[unit]! };
  }
  return undefined;
}

/** The words of a key in snake or camel case, in lower case. */
function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
}
