import type { SetupRequest } from '../../src/core/setup-request.js';
import type { AccessPoint, Radio } from '../world/radio.js';
import type { SimDevice } from './sim-device.js';
import type { World } from './world.js';

/** A house: its access point, and the boards that hear it. */
export interface Place {
  readonly number: number;
  readonly radio: Radio;
  readonly point: AccessPoint;
}

/** The house that a board is in. */
export function placeOf(world: World, device: SimDevice): Place {
  return world.places.find(({ radio }) => radio === device.radio)!;
}

/** What somebody tells a board who knows its house. */
export function homeOf(device: SimDevice, world: World): SetupRequest {
  const { ssid, password } = placeOf(world, device).point;
  return { ssid, ...(password !== undefined && { password }) };
}
