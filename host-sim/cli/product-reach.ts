import { refuseByMode } from '../../src/core/command-rules.js';
import type { Product, PropertyDefinition } from '../../src/core/product.js';
import { readPropertySet } from '../../src/core/property-set.js';
import { controlParams } from '../cloud/domain/control-rules.js';
import { type ProductProblem, problem } from '../products/problem.js';

/** Who takes a message that sets a property. */
export interface Reach {
  /** A control request over the cloud's API. */
  readonly cloud: boolean;
  /** A message from its broker, whoever sent it. */
  readonly board: boolean;
}

/** What a message can do to a writable property: the rules of cloud and board themselves are asked. */
export function reachOf(product: Product, property: PropertyDefinition): Reach {
  const params = { [property.key]: property.values?.[0] ?? property.min ?? true };
  return { cloud: cloudTakes(product, params), board: boardTakes(product, params) };
}

/** Whether a control request can set it: cloud and board both take it. */
export function isReached(product: Product, property: PropertyDefinition): boolean {
  const { cloud, board } = reachOf(product, property);
  return cloud && board;
}

/** Names each writable property that no control request reaches. */
export function reachWarnings(product: Product): ProductProblem[] {
  return product.properties.flatMap((property, index) => {
    if (!property.writable) return [];
    const { cloud, board } = reachOf(product, property);
    if (cloud && board) return [];
    const who = cloud || board ? `the ${cloud ? 'board' : 'cloud'} refuses` : 'cloud and board refuse';
    const rest = `is true, but in control mode ${product.controlMode} ${who} to set ${property.key}; set it to false or choose control mode generic`;
    return [problem(`properties[${index}].writable`, rest)];
  });
}

function cloudTakes(definition: Product, params: Record<string, unknown>): boolean {
  try {
    controlParams({ controlMode: definition.controlMode, definition }, params);
    return true;
  } catch {
    return false;
  }
}

function boardTakes(product: Product, params: Record<string, unknown>): boolean {
  const set = readPropertySet(params, product);
  return !('code' in set) && set.commands.every((command) => refuseByMode(product.controlMode, command) === undefined);
}
