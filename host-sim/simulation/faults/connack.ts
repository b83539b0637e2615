import { type Kind, numberOf } from '../happening.js';
import { impersonate } from '../impostor.js';

export const connack: Kind = {
  what: 'connack',
  about: 'For a while the broker refuses every session, with one of the five codes of MQTT 3.1.1.',
  draw: (random) => ({ code: random.between(1, 5), forMs: random.between(2_000, 150_000) }),
  begin: (world, details) => {
    const code = numberOf(details, 'code');
    impersonate(world, {
      door: 'mqtt',
      forMs: numberOf(details, 'forMs'),
      answer: (peer) => {
        peer.onData = undefined;
        peer.write(Buffer.of(0x20, 2, 0, code));
        peer.end();
      },
    });
  },
};
