import type { VirtualPeer } from '../../world/virtual-network.js';
import { forAWhile } from '../for-a-while.js';
import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import { DNS, leadNames } from '../names.js';
import { API_PORT, MQTT_PORT, TLS_PORTS } from '../sim-cloud.js';
import type { World } from '../world.js';

const NOBODY = '10.9.9.1';
const BLACK_HOLE = '10.9.9.2';
const STRANGER = '10.9.9.3';
const LEADS_TO: Readonly<Record<string, string>> = {
  unknown: '',
  nobody: NOBODY,
  'black hole': BLACK_HOLE,
  stranger: STRANGER,
};
/** What a hotel's Wi-Fi says to everything. */
const PORTAL =
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 41\r\n\r\n<html><body>Please log in</body></html>\r\n';

export const dns: Kind = {
  what: 'dns',
  about: "The cloud's name leads to nothing, to nobody, or to a stranger that answers nonsense.",
  draw: (random) => ({
    leads: random.pick(Object.keys(LEADS_TO)),
    forMs: random.between(5_000, 200_000),
  }),
  begin: (world, details) => {
    const leads = LEADS_TO[textOf(details, 'leads')];
    if (leads === undefined) throw new DetailError(`"leads" must be one of ${Object.keys(LEADS_TO).join(', ')}`);
    populate(world);
    forAWhile(world, {
      what: DNS,
      value: leads,
      forMs: numberOf(details, 'forMs'),
      keepsOff: world.devices.map(({ index }) => index),
      apply: () => leadNames(world),
    });
  },
};

/** A port that swallows everything, and one where somebody else listens. */
function populate(world: World): void {
  if (world.network.hears(STRANGER, API_PORT)) return;
  for (const port of [API_PORT, MQTT_PORT, ...Object.values(TLS_PORTS)]) {
    world.network.listen(BLACK_HOLE, port, (peer) => peer.freeze());
    world.network.listen(STRANGER, port, (peer: VirtualPeer) => {
      peer.onData = () => {
        peer.onData = undefined;
        peer.write(Buffer.from(PORTAL));
        peer.end();
      };
    });
  }
}
