import { type Kind, numberOf } from '../happening.js';

export const messageAgain: Kind = {
  what: 'message-again',
  about:
    'A message that a board had before comes once more: at once or stale, as a duplicate or as if it had been retained.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    back: random.between(0, 3),
    afterMs: random.chance(0.5) ? random.between(0, 2_000) : random.between(2_000, 90_000),
    dup: random.chance(0.5),
    retain: random.chance(0.3),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const packet = world.wires.tapOf(device)?.publishes.at(-1 - numberOf(details, 'back'));
    if (packet === undefined) return;
    world.time.timer.set(
      () => {
        world.wires.tapOf(device)?.repeat(packet, { dup: details['dup'] === true, retain: details['retain'] === true });
      },
      numberOf(details, 'afterMs'),
    );
  },
};
