import { type Kind, numberOf } from '../happening.js';

export const flashByCable: Kind = {
  what: 'flash-by-cable',
  about: 'Somebody opens a board and flashes what it had from the factory; what it knows stays.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1), offMs: random.between(1_000, 60_000) }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    device.flashByCable();
    world.time.timer.set(() => device.powerOn(), numberOf(details, 'offMs'));
  },
};
