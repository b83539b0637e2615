import type { SimDevice } from './sim-device.js';
import type { Place, World } from './world.js';

/** The house that a board is in. */
export function placeOf(world: World, device: SimDevice): Place {
  return world.places.find(({ radio }) => radio === device.radio)!;
}
