import { forAWhile } from '../for-a-while.js';
import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import type { Stranger } from '../sim-cloud.js';
import { meetStranger, PLAIN_STRANGER, STRANGERS } from '../strangers.js';

const WHO = [...Object.keys(STRANGERS), PLAIN_STRANGER];

export const manInTheMiddle: Kind = {
  what: 'man-in-the-middle',
  about:
    "Somebody on the way ends every connection and answers in the cloud's place, with certificates of his own or without TLS.",
  draw: (random) => ({ who: random.pick(WHO), forMs: random.between(10_000, 400_000) }),
  begin: (world, details) => {
    const who = textOf(details, 'who');
    if (!WHO.includes(who)) throw new DetailError(`"who" must be one of ${WHO.join(', ')}`);
    const { cloud, wallMs } = world;
    if (cloud.pki === undefined) return;
    const credentials = STRANGERS[who]?.(cloud.pki, wallMs);
    forAWhile<Stranger>(world, {
      what: 'a man in the middle',
      value: (_door, peer) => meetStranger(world, peer, credentials),
      forMs: numberOf(details, 'forMs'),
      keepsOff: world.devices.map(({ index }) => index),
      apply: (stranger) => {
        cloud.stranger = stranger;
      },
    });
    cloud.resetAll();
  },
};
