import { forAWhile } from '../for-a-while.js';
import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import type { Stranger } from '../sim-cloud.js';

const ENDS: Readonly<Record<string, Stranger>> = {
  reset: (_door, peer) => {
    peer.onData = () => peer.reset();
  },
  silence: (_door, peer) => {
    peer.onData = () => peer.freeze();
  },
  nonsense: (_door, peer) => {
    peer.onData = (bytes) => peer.write(bytes.map((byte, at) => byte ^ at));
  },
};

export const handshakeCut: Kind = {
  what: 'handshake-cut',
  about: 'For a while no TLS handshake comes to its end: it is cut, nobody answers, or nonsense comes back.',
  draw: (random) => ({ how: random.pick(Object.keys(ENDS)), forMs: random.between(5_000, 200_000) }),
  begin: (world, details) => {
    const how = textOf(details, 'how');
    const stranger = ENDS[how];
    if (stranger === undefined) throw new DetailError(`"how" must be one of ${Object.keys(ENDS).join(', ')}`);
    forAWhile(world, {
      what: 'a man in the middle',
      value: stranger,
      forMs: numberOf(details, 'forMs'),
      keepsOff: world.devices.map(({ index }) => index),
      apply: (now) => {
        world.cloud.stranger = now;
      },
    });
  },
};
