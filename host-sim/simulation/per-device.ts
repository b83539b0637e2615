import type { SimDevice } from './sim-device.js';

/** What a promise knows of each board, made when it is first asked for. */
export class PerDevice<T> {
  readonly #known = new Map<SimDevice, T>();
  readonly #make: (device: SimDevice) => T;

  constructor(make: (device: SimDevice) => T) {
    this.#make = make;
  }

  of(device: SimDevice): T {
    let known = this.#known.get(device);
    if (known === undefined) {
      known = this.#make(device);
      this.#known.set(device, known);
    }
    return known;
  }
}
