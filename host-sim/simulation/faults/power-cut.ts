import { type Kind, numberOf } from '../happening.js';

export const powerCut: Kind = {
  what: 'power-cut',
  about: 'A board loses its power at any instant, and has it back after a while.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    offMs: random.chance(0.7) ? random.between(50, 5_000) : random.between(5_000, 600_000),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    device.cut();
    world.time.timer.set(() => device.powerOn(), numberOf(details, 'offMs'));
  },
};
