import type { PropertyDefinition } from './product.js';

/** Share of a step by which a number may miss one: what people write as decimals is not exact in binary. */
const STEP_TOLERANCE = 1e-6;

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

function rangeOf({ type, min, max, step }: PropertyDefinition): string {
  const range = min === undefined || max === undefined ? '' : ` from ${min} to ${max}`;
  return step === undefined || (type === 'integer' && step === 1) ? range : `${range} in steps of ${step}`;
}
