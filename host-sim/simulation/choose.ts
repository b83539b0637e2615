import type { SimDevice } from './sim-device.js';
import type { World } from './world.js';

/** The board that a plan names by its number, or the next one after it of this kind; `undefined` where the world has none. */
export function boardLike(world: World, index: number, isOne: (device: SimDevice) => boolean): SimDevice | undefined {
  for (let step = 0; step < world.devices.length; step++) {
    const device = world.device(index + step);
    if (isOne(device)) return device;
  }
  return undefined;
}

/** One of a list by a number that knows nothing of its length; `undefined` where it is empty. */
export function choose<T>(list: readonly T[], choice: number): T | undefined {
  return list[choice % list.length];
}

/** Places in a product's `inputs` of those of a type. */
export function inputsLike({ product }: SimDevice, type: 'button' | 'digital' | 'analog'): number[] {
  return product.inputs.flatMap((input, place) => (input.type === type ? [place] : []));
}
