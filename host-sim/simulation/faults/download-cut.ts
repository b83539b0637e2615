import { type Kind, numberOf } from '../happening.js';
import { sever } from '../peer-stream.js';

export const downloadCut: Kind = {
  what: 'download-cut',
  about: 'For a while, whatever a board fetches is cut again and again.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    everyMs: random.between(20, 200),
    forMs: random.between(1_000, 120_000),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const untilMs = world.nowMs + numberOf(details, 'forMs');
    const handle = world.time.timer.repeat(
      () => {
        for (const [peer, door] of [...world.cloud.connections]) {
          if (door === 'api' && peer.owner === device.serial && device.isOnline) sever(peer, 'reset');
        }
        if (world.nowMs >= untilMs) world.time.timer.clear(handle);
      },
      numberOf(details, 'everyMs'),
    );
  },
};
