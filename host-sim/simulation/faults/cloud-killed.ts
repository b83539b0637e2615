import { endCloud } from '../cloud-ends.js';
import { type Kind, numberOf, textOf } from '../happening.js';

export const cloudKilled: Kind = {
  what: 'cloud-killed',
  about: 'The cloud ends as by kill -9, and starts again on what it had committed.',
  draw: (random) => ({
    // Just now; when a board has said something that is not taken in, or not committed.
    moment: random.pick(['now', 'unread', 'uncommitted']),
    forMs: random.between(500, random.chance(0.7) ? 20_000 : 200_000),
  }),
  begin: (world, details) => {
    const moment = textOf(details, 'moment');
    const kill = (): void => endCloud(world, 'kill', numberOf(details, 'forMs'));
    if (moment === 'now') kill();
    else world.wires.onNextPacket = () => (moment === 'unread' ? process.nextTick(kill) : setImmediate(kill));
  },
};
