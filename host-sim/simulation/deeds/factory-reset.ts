import { NETWORK_RECORD } from '../../../src/records/network-record.js';
import type { CutMoment } from '../../world/flash-power.js';
import { inputsLike } from '../choose.js';
import { type Kind, numberOf, textOf } from '../happening.js';
import { Householder } from '../householder.js';
import { homeOf } from '../places.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

const OBSTACLE = 'a reset';
const HELD_MS = 10_500;
const BACK_MS = { min: 20_000, max: 120_000 };
/** What a board writes from the order to the end, and a little more. */
const MOST_WRITES = 10;
/** It is erased by then, ms. */
const WITHIN_MS = 20_000;

export const factoryReset: Kind = {
  what: 'factory-reset',
  about:
    'A board is brought back to the state of the factory, by its button or by the cloud, perhaps with a power cut in the middle of it, and set up again.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    by: random.pick(['button', 'cloud']),
    backMs: random.between(BACK_MS.min, BACK_MS.max),
    isCut: random.chance(0.5),
    cutAtWrite: random.between(1, MOST_WRITES),
    moment: random.pick<CutMoment>(['before', 'during', 'after']),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const [button] = inputsLike(device, 'button');
    const isByCloud = textOf(details, 'by') === 'cloud' || button === undefined;
    if (details['isCut'] === true) {
      const cut = (): void => {
        const moment = textOf(details, 'moment') as CutMoment;
        const forget = device.flash.cutAtWrite(numberOf(details, 'cutAtWrite'), moment, () => device.powerOn());
        world.time.timer.set(forget, WITHIN_MS);
      };
      world.time.timer.set(cut, isByCloud ? 0 : HELD_MS - 1_000);
    }
    if (isByCloud) void world.invoke(device, 'reset');
    else if (!device.world.button(button).pressed) world.press(device, button, HELD_MS);
    const backMs = numberOf(details, 'backMs');
    const comeBack = (): void => {
      // Without power nobody can tell.
      if (device.board === undefined) world.time.timer.set(comeBack, backMs);
      else if (needsSomebody(world, device)) {
        world.obstacles.put(device.index, OBSTACLE);
        new Householder(world, { device, onEnd: () => world.obstacles.release(device.index, OBSTACLE) });
      }
    };
    world.time.timer.set(comeBack, backMs + HELD_MS);
  },
};

/** It may not have been reset; and a build may know the network, unless there is another router now. */
function needsSomebody(world: World, device: SimDevice): boolean {
  const { board, builtNetwork, flash } = device;
  if (builtNetwork === undefined) return board?.life.phase === 'unprovisioned';
  return !flash.keys.includes(NETWORK_RECORD) && builtNetwork.password !== homeOf(device, world).password;
}
