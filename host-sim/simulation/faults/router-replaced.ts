import { type Kind, numberOf } from '../happening.js';
import { Householder } from '../householder.js';

const OBSTACLE = 'another router';
const NOTICED_MS = { min: 60_000, max: 600_000 };

export const routerReplaced: Kind = {
  what: 'router-replaced',
  about:
    'A house gets another router: the same name and another password. After a while somebody sets its boards up anew.',
  draw: (random, boards) => ({
    place: random.between(0, boards - 1),
    password: random.uint32(),
    noticedMs: random.between(NOTICED_MS.min, NOTICED_MS.max),
  }),
  begin: (world, details) => {
    const place = world.place(numberOf(details, 'place'));
    const { number, point } = place;
    const password = `pw ${numberOf(details, 'password')}`.padEnd(8, '.');
    world.trace.hide(password);
    point.password = password;
    point.disassociate();
    const boards = world.boardsOf(number);
    for (const board of boards) world.obstacles.put(board, OBSTACLE);
    world.time.timer.set(
      () => {
        for (const board of boards) {
          new Householder(world, {
            device: world.device(board),
            onEnd: () => world.obstacles.release(board, OBSTACLE),
          });
        }
      },
      numberOf(details, 'noticedMs'),
    );
  },
};
