import { type Kind, numberOf, textOf } from '../happening.js';
import { impersonate } from '../impostor.js';
import { readPackets } from '../mqtt-tap.js';

const CONNECT = 1;

export const silence: Kind = {
  what: 'silence',
  about: 'For a while the API or the broker takes connections and says nothing, or nothing more, on them.',
  draw: (random) => ({
    missing: random.pick(['API', 'CONNACK', 'SUBACK']),
    forMs: random.between(2_000, 60_000),
  }),
  begin: (world, details) => {
    const missing = textOf(details, 'missing');
    impersonate(world, {
      door: missing === 'API' ? 'api' : 'mqtt',
      forMs: numberOf(details, 'forMs'),
      answer: (peer, said) => {
        const [first, ...more] = missing === 'SUBACK' ? readPackets(said) : [];
        if (first !== undefined && first[0]! >> 4 === CONNECT && more.length === 0)
          peer.write(Buffer.of(0x20, 2, 0, 0));
      },
    });
  },
};
