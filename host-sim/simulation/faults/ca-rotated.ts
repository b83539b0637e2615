import { endCloud } from '../cloud-ends.js';
import { type Kind, numberOf } from '../happening.js';

/** Somebody stops the cloud for it, ms. */
const DOWN_MS = 10_000;

export const caRotated: Kind = {
  what: 'ca-rotated',
  about:
    'The cloud gets another CA. Who trusts the one before still gets there by a cross-certificate; the one before that is forgotten.',
  draw: (random) => ({ afterMs: random.between(1_000, DOWN_MS / 2), forgets: false }),
  begin: (world, details) => {
    const { pki } = world.cloud;
    // As the command line has it: not by mistake.
    if (pki === undefined || (pki.authority.previous && details['forgets'] !== true)) return;
    endCloud(world, 'stop', DOWN_MS);
    world.time.timer.set(
      () => {
        pki.rotate();
        world.note('the CA is rotated');
      },
      numberOf(details, 'afterMs'),
    );
  },
};
