import { SimServo } from '../../world/sim-servo.js';
import { boardLike, choose } from '../choose.js';
import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';
import type { SimDevice } from '../sim-device.js';

export const stuckServo: Kind = {
  what: 'stuck-servo',
  about: 'Something is in the way of a servo horn for a while.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    choice: random.uint32(),
    minDeg: random.between(0, 90),
    maxDeg: random.between(90, 180),
    forMs: random.between(1_000, 300_000),
  }),
  begin: (world, details) => {
    const device = boardLike(world, numberOf(details, 'board'), (one) => servos(one).length > 0);
    const channel = device && choose(servos(device), numberOf(details, 'choice'));
    if (channel === undefined) return;
    const servo = device!.world.servo(channel);
    forAWhile(world, {
      what: `servo ${channel} of ${device!.index} is stuck`,
      value: { minDeg: numberOf(details, 'minDeg'), maxDeg: numberOf(details, 'maxDeg') },
      forMs: numberOf(details, 'forMs'),
      apply: (limits) => {
        if (limits === undefined) servo.unblock();
        else servo.block(limits);
      },
    });
  },
};

function servos({ world }: SimDevice): number[] {
  return world.outputs.flatMap((part, channel) => (part instanceof SimServo ? [channel] : []));
}
