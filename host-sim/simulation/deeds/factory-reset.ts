import { NETWORK_RECORD } from '../../../src/records/network-record.js';
import { inputsLike } from '../choose.js';
import { type Kind, numberOf, textOf } from '../happening.js';
import { Householder } from '../householder.js';
import { homeOf } from '../places.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

const OBSTACLE = 'a reset';
const HELD_MS = 10_500;
const BACK_MS = { min: 20_000, max: 120_000 };

export const factoryReset: Kind = {
  what: 'factory-reset',
  about: 'A board is brought back to the state of the factory, by its button or by the cloud, and set up again.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    by: random.pick(['button', 'cloud']),
    backMs: random.between(BACK_MS.min, BACK_MS.max),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const [button] = inputsLike(device, 'button');
    if (textOf(details, 'by') === 'cloud' || button === undefined) world.invoke(device, 'reset');
    else if (!device.world.button(button).pressed) world.press(device, button, HELD_MS);
    world.time.timer.set(() => {
      if (!needsSomebody(world, device)) return;
      world.obstacles.put(device.index, OBSTACLE);
      new Householder(world, {
        device,
        request: () => homeOf(device, world),
        onEnd: () => world.obstacles.release(device.index, OBSTACLE),
      });
    }, numberOf(details, 'backMs') + HELD_MS);
  },
};

/** It may have had no power, or no session, and not been reset; and a build may know the network, unless there is another router now. */
function needsSomebody(world: World, device: SimDevice): boolean {
  const { board, builtNetwork, flash } = device;
  if (builtNetwork === undefined) return board?.life.phase === 'unprovisioned';
  return !flash.keys.includes(NETWORK_RECORD) && builtNetwork.password !== homeOf(device, world).password;
}
