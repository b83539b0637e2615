import { type Kind, numberOf } from '../happening.js';

const OBSTACLE = 'brown-outs';

export const brownOut: Kind = {
  what: 'brown-out',
  about: 'The supply of a board sags several times in a row: it starts anew each time.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    times: random.between(1, 12),
    everyMs: random.chance(0.5) ? random.between(360, 3_000) : random.between(3_000, 55_000),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const everyMs = numberOf(details, 'everyMs');
    world.obstacles.put(device.index, OBSTACLE);
    const sag = (left: number): void => {
      device.reset('brown_out');
      if (left > 1) world.time.timer.set(() => sag(left - 1), everyMs);
      else world.obstacles.release(device.index, OBSTACLE);
    };
    sag(numberOf(details, 'times'));
  },
};
