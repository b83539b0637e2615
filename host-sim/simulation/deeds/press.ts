import { boardLike, choose, inputsLike } from '../choose.js';
import { type Kind, numberOf, textOf } from '../happening.js';

/** How long a finger stays on a button that it just presses, ms. */
const SHORT_MS = { min: 80, max: 900 };
/** Between the presses of a double, ms. */
const GAP_MS = { min: 60, max: 250 };
/** Held so long, it opens the board to whoever sets it up, ms. */
const LONG_MS = { min: 3_200, max: 9_000 };

export const press: Kind = {
  what: 'press',
  about: 'A hand presses a button: shortly, twice, or for long. Its contact bounces.',
  draw: (random, boards) => {
    const board = random.between(0, boards - 1);
    const choice = random.uint32();
    const how = random.pick(['short', 'short', 'short', 'double', 'long']);
    if (how === 'long') return { board, choice, how, ms: random.between(LONG_MS.min, LONG_MS.max) };
    const ms = random.between(SHORT_MS.min, SHORT_MS.max);
    if (how === 'short') return { board, choice, how, ms };
    return { board, choice, how, ms, gapMs: random.between(GAP_MS.min, GAP_MS.max) };
  },
  begin: (world, details) => {
    const hasButton = (device: Parameters<typeof inputsLike>[0]) => inputsLike(device, 'button').length > 0;
    const device = boardLike(world, numberOf(details, 'board'), hasButton);
    const input = device && choose(inputsLike(device, 'button'), numberOf(details, 'choice'));
    // Only one hand fits on it.
    if (input === undefined || device!.world.button(input).pressed) return;
    const ms = numberOf(details, 'ms');
    world.press(device!, input, ms);
    if (textOf(details, 'how') !== 'double') return;
    world.time.timer.set(() => world.press(device!, input, ms), ms + numberOf(details, 'gapMs'));
  },
};
