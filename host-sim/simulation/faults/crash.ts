import { type Kind, numberOf, textOf } from '../happening.js';

const OBSTACLE = 'crashes';

export const crash: Kind = {
  what: 'crash',
  about: 'The firmware of a board panics or hangs until its watchdog bites, once or again and again.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    reason: random.pick(['crash', 'watchdog']),
    times: random.chance(0.5) ? 1 : random.between(2, 8),
    everyMs: random.chance(0.7) ? random.between(1_000, 20_000) : random.between(20_000, 90_000),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const everyMs = numberOf(details, 'everyMs');
    const reason = textOf(details, 'reason') === 'watchdog' ? 'watchdog' : 'crash';
    world.obstacles.put(device.index, OBSTACLE);
    const fail = (left: number): void => {
      device.reset(reason);
      if (left > 1) world.time.timer.set(() => fail(left - 1), everyMs);
      else world.obstacles.release(device.index, OBSTACLE);
    };
    fail(numberOf(details, 'times'));
  },
};
