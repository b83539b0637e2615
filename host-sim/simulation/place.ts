import type { AccessPoint, Radio } from '../world/radio.js';

/** A house: its access point, and the boards that hear it. */
export interface Place {
  readonly number: number;
  readonly radio: Radio;
  readonly point: AccessPoint;
}
