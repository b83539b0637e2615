import type { PropertyDefinition } from '../../../../src/core/product.js';
import { type Controllable, controlParams } from '../control-rules.js';

/** Bodies of control requests that a product takes, for its manual: the rules of control themselves choose among these. */
export function exampleBodies(product: Controllable): string[] {
  const { outputs = [], properties = [] } = product.definition ?? {};
  const candidates: Record<string, unknown>[] = [
    { action: 'toggle' },
    { action: 'toggle', position: 'up' },
    { action: 'pulse', duration: outputs[0]?.pulse.durationMs ?? 500 },
    { action: 'trigger' },
    ...properties.map((property) => ({ [property.key]: exampleOf(property) })),
  ];
  if (outputs.length > 1) candidates.push({ action: 'toggle', channel: 1 });
  return candidates.filter((body) => isTaken(product, body)).map((body) => JSON.stringify(body));
}

/** A value of a property that is neither its least nor its most, where there is one. */
function exampleOf({ type, values = [], min = 0, max = min, step }: PropertyDefinition): unknown {
  if (type === 'boolean') return true;
  if (type === 'enum') return values[Math.floor(values.length / 2)];
  const unit = step ?? 1;
  return min + Math.floor((max - min) / 2 / unit) * unit;
}

function isTaken(product: Controllable, body: Record<string, unknown>): boolean {
  try {
    controlParams(product, body);
    return true;
  } catch {
    return false;
  }
}
