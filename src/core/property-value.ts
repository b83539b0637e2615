import type { PropertyDefinition } from './product.js';

/** Share of a step by which a number may miss one: what people write as decimals is not exact in binary. */
const STEP_TOLERANCE = 1e-6;
/** More decimals than this nobody writes. */
const MAX_DECIMALS = 6;
/** Share of a number by which decimals miss it in binary. */
const ALMOST = 1e-9;

/**
 * Whether a value fits a property's type, range and step. The one rule for it: the cloud asks before it passes a command
 * on, the board before it acts. Makes no garbage.
 */
export function fitsProperty(property: PropertyDefinition, value: unknown): boolean {
  switch (property.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return typeof value === 'string' && property.values !== undefined && property.values.includes(value);
    case 'integer':
      return Number.isInteger(value) && isInRange(property, value as number);
    case 'number':
      return Number.isFinite(value) && isInRange(property, value as number);
  }
}

/**
 * What a property shows of what an output is or an input measures, which know nothing of it: the nearest value in its range
 * and on its steps, of which the last one may lie below the range's end. It reads like a decimal. A property that has neither
 * shows the number itself.
 */
export function nearestFitting({ type, min, max, step }: PropertyDefinition, value: number): number {
  let shown = value;
  if (max !== undefined && shown > max) shown = max;
  if (min !== undefined && shown < min) shown = min;
  const width = step ?? (type === 'integer' ? 1 : 0);
  if (width === 0) return shown;
  const base = min ?? 0;
  shown = base + Math.round((shown - base) / width) * width;
  if (max !== undefined && shown > max + width * STEP_TOLERANCE) shown -= width;
  if (type === 'integer') return shown;
  const power = decimalPower(base, width);
  if (power > 0) shown = Math.round(shown * power) / power;
  if (max !== undefined && shown > max) return max;
  return min !== undefined && shown < min ? min : shown;
}

/** What a value of a property must be, in words that follow "must be". */
export function wantedOf(property: PropertyDefinition): string {
  switch (property.type) {
    case 'boolean':
      return 'true or false';
    case 'enum':
      return `one of ${(property.values ?? []).join(', ')}`;
    case 'integer':
      return `a whole number${rangeOf(property)}`;
    case 'number':
      return `a number${rangeOf(property)}`;
  }
}

function isInRange({ min, max, step }: PropertyDefinition, value: number): boolean {
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) return false;
  if (step === undefined) return true;
  // Steps count from the lower end, where there is one.
  const steps = (value - (min ?? 0)) / step;
  return Math.abs(steps - Math.round(steps)) <= STEP_TOLERANCE;
}

/** The least power of ten that makes both whole, to 10^6; 0 where there is none. */
function decimalPower(base: number, step: number): number {
  let power = 1;
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
    if (isNearlyWhole(base * power) && isNearlyWhole(step * power)) return power;
    power *= 10;
  }
  return 0;
}

function isNearlyWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= ALMOST * Math.abs(value);
}

function rangeOf({ type, min, max, step }: PropertyDefinition): string {
  const range = min === undefined || max === undefined ? '' : ` from ${min} to ${max}`;
  return step === undefined || (type === 'integer' && step === 1) ? range : `${range} in steps of ${step}`;
}
