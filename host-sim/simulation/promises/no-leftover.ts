import type { VirtualPeer } from '../../world/virtual-network.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

/** The keep alive that the cloud announces, and a board's patience with an answer to its ping, ms. */
const BOARD_MS = 60_000 + 10_000;
/** The broker waits for one and a half times the keep alive (MQTT 3.1.1, 3.1.2.10), the API twice for what keeps idle, ms. */
const CLOUD_MS = { mqtt: 90_000 + 10_000, api: 2 * 65_000 + 10_000 };

export const noLeftover: WorldPromise = {
  name: 'no-leftover',
  why: 'A dead connection that is kept is a board that cannot be reached and does not know it (complaint 8).',
  watch: (world, broken) => {
    const sinceMs = new Map<VirtualPeer, number>();
    const ofBoards = new Map<SimDevice, VirtualPeer>();
    return {
      tick: () => {
        for (const device of world.devices) {
          const peer = world.wires.peerOf(device);
          if (peer === undefined || !peer.isFrozen || !peer.isHeld) {
            ofBoards.delete(device);
            continue;
          }
          if (ofBoards.get(device) !== peer) {
            ofBoards.set(device, peer);
            sinceMs.set(peer, sinceMs.get(peer) ?? world.nowMs);
          }
          const deadMs = world.nowMs - sinceMs.get(peer)!;
          if (deadMs > BOARD_MS) broken(device, `It has held a dead connection for ${deadMs} ms.`);
        }
        const open = world.cloud.connections;
        for (const [peer, door] of open) {
          const isDead = peer.isFrozen || !peer.isHeld;
          if (isDead && !sinceMs.has(peer)) sinceMs.set(peer, world.nowMs);
          const deadMs = isDead ? world.nowMs - sinceMs.get(peer)! : 0;
          if (deadMs > CLOUD_MS[door]) {
            broken(world.bySerial(peer.owner), `The cloud has held a dead connection of it for ${deadMs} ms.`);
          }
        }
        for (const peer of sinceMs.keys()) if (!open.has(peer) && !peer.isHeld) sinceMs.delete(peer);
      },
    };
  },
};
