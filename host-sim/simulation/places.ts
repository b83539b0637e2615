import type { SetupRequest } from '../../src/core/setup-request.js';
import type { Place } from './place.js';
import type { SimDevice } from './sim-device.js';
import type { World } from './world.js';

/** The house that a board is in. */
export function placeOf(world: World, device: SimDevice): Place {
  return world.places.find(({ radio }) => radio === device.radio)!;
}

/** What somebody tells a board who knows its house. */
export function homeOf(device: SimDevice, world: World): SetupRequest {
  const { ssid, password } = placeOf(world, device).point;
  return { ssid, ...(password !== undefined && { password }) };
}
