import { GOOD_LINK } from '../../world/radio.js';
import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

/** Up to this latency and loss a board still gets through everything within its deadlines. */
const BEARABLE_MS = 800;
const BEARABLE_SHARE = 0.1;

export const badLink: Kind = {
  what: 'bad-link',
  about: 'The way through a place is slow, and loses much of what it carries.',
  draw: (random, boards) => ({
    place: random.between(0, boards - 1),
    forMs: random.between(5_000, 240_000),
    latencyMs: random.between(50, random.chance(0.5) ? 800 : 6_000),
    lossShare: random.between(0, random.chance(0.5) ? 10 : 50) / 100,
    bytesPerS: random.pick([250_000, 8_000, 1_000]),
  }),
  begin: (world, details) => {
    const { number, point } = world.place(numberOf(details, 'place'));
    const [latencyMs, lossShare] = [numberOf(details, 'latencyMs'), numberOf(details, 'lossShare')];
    forAWhile(world, {
      what: `bad link in ${number}`,
      value: {
        ...GOOD_LINK,
        latencyMs,
        jitterMs: latencyMs >> 1,
        lossShare,
        bytesPerS: numberOf(details, 'bytesPerS'),
      },
      forMs: numberOf(details, 'forMs'),
      keepsOff: latencyMs > BEARABLE_MS || lossShare > BEARABLE_SHARE ? world.boardsOf(number) : [],
      apply: (quality = GOOD_LINK) => {
        point.quality = { ...quality };
      },
    });
  },
};
