import type { SimButton } from '../../world/sim-button.js';
import { boardLike, choose, inputsLike } from '../choose.js';
import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';
import { SeededRandom } from '../seeded-random.js';

/** Longest that a board takes for a bounce (device.md: 30 ms count), ms. */
const LONGEST_MS = 25;

export const bouncingButton: Kind = {
  what: 'bouncing-button',
  about: 'The contact of a button is worn: it bounces for long, and touches for moments without a hand on it.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    choice: random.uint32(),
    bounceMs: random.between(5, LONGEST_MS),
    everyMs: random.between(200, 5_000),
    forMs: random.between(1_000, 120_000),
    seed: random.uint32(),
  }),
  begin: (world, details) => {
    const device = boardLike(world, numberOf(details, 'board'), (one) => inputsLike(one, 'button').length > 0);
    const input = device && choose(inputsLike(device, 'button'), numberOf(details, 'choice'));
    if (input === undefined) return;
    const button: SimButton = device!.world.button(input);
    const forMs = numberOf(details, 'forMs');
    forAWhile(world, {
      what: `button ${input} of ${device!.index} bounces`,
      value: numberOf(details, 'bounceMs'),
      forMs,
      apply: (bounceMs?: number) => button.wear(bounceMs),
    });
    const random = new SeededRandom(numberOf(details, 'seed'));
    const everyMs = numberOf(details, 'everyMs');
    for (let atMs = random.between(1, everyMs); atMs < forMs; atMs += random.between(2 * LONGEST_MS, 2 * everyMs)) {
      const ms = random.between(1, LONGEST_MS);
      world.time.timer.set(() => button.spike(ms), atMs);
    }
  },
};
