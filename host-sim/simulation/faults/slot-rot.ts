import { type Kind, numberOf } from '../happening.js';

/** A board that gets no update keeps its flash after this time, ms. */
const WITHIN_MS = 600_000;

export const slotRot: Kind = {
  what: 'slot-rot',
  about: 'While a board gets an update, a bit of what is written to its flash flips.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    write: random.between(1, 6),
    at: random.uint32(),
    bit: random.between(0, 7),
  }),
  begin: (world, details) => {
    const { flash } = world.device(numberOf(details, 'board')).loader;
    const forget = flash.rotAtWrite(numberOf(details, 'write'), numberOf(details, 'at'), numberOf(details, 'bit'));
    world.time.timer.set(forget, WITHIN_MS);
  },
};
