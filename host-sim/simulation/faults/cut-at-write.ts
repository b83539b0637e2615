import type { CutMoment } from '../../world/flash-power.js';
import { type Kind, numberOf, textOf } from '../happening.js';

/** Boards that write nothing keep their power after this time, ms. */
const WITHIN_MS = 300_000;

export const cutAtWrite: Kind = {
  what: 'cut-at-write',
  about:
    'A board loses its power before, during or after one of its next writes to flash, perhaps one while it starts.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    write: random.between(1, 4),
    moment: random.pick<CutMoment>(['before', 'during', 'after']),
    restarts: random.chance(0.6),
    offMs: random.between(50, 5_000),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const offMs = numberOf(details, 'offMs');
    const powerOn = (): void => {
      world.time.timer.set(() => device.powerOn(), offMs);
    };
    if (details['restarts'] === true) {
      device.cut();
      powerOn();
    }
    const forget = device.flash.cutAtWrite(numberOf(details, 'write'), textOf(details, 'moment') as CutMoment, powerOn);
    world.time.timer.set(forget, WITHIN_MS);
  },
};
