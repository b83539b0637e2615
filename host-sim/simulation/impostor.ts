import type { VirtualPeer } from '../world/virtual-network.js';
import { forAWhile } from './for-a-while.js';
import type { CloudDoor } from './sim-cloud.js';
import type { World } from './world.js';

/** Somebody answers boards in the cloud's place at one of its doors for a while. */
export function impersonate(
  world: World,
  options: {
    readonly door: CloudDoor;
    readonly forMs: number;
    /** Called with all that a board has said on a connection, whenever it says more. */
    readonly answer: (peer: VirtualPeer, said: Buffer) => void;
  },
): void {
  const { door, forMs, answer } = options;
  const { impostors } = world.cloud;
  forAWhile(world, {
    what: `impostor at ${door}`,
    value: (peer: VirtualPeer) => {
      let said = Buffer.alloc(0);
      peer.onData = (bytes) => {
        said = Buffer.concat([said, bytes]);
        answer(peer, said);
      };
    },
    forMs,
    keepsOff: world.devices.map(({ index }) => index),
    apply: (impostor) => {
      if (impostor) impostors.set(door, impostor);
      else impostors.delete(door);
    },
  });
}
