import { type Kind, numberOf, textOf } from '../happening.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

/** Who cannot be reached is told later, ms. */
const TRY_AGAIN_MS = 30_000;

export const moveEnvironment: Kind = {
  what: 'move-environment',
  about: 'Somebody tells a board by name to go to another environment; whether it stays there is for the board to see.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1), name: random.pick(['dev', 'test']) }),
  begin: (world, details) => move(world, world.device(numberOf(details, 'board')), textOf(details, 'name')),
};

function move(world: World, device: SimDevice, name: string): void {
  if (world.other === undefined) return;
  const again = (): void => {
    world.time.timer.set(() => move(world, device, name), TRY_AGAIN_MS);
  };
  if (!device.isOnline) {
    again();
    return;
  }
  world.tell(`#${device.index} is told to go to ${name}`);
  void world.invoke(device, 'setEnvironment', { name }).then((answer) => {
    if (answer?.code !== 200) again();
  });
}
