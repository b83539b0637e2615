import { type Kind, numberOf } from '../happening.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

/** A board that has taken a bundle tries it, and is back after three minutes at most; then it is asked whether it has kept it, ms. */
const ASK_AGAIN_MS = 300_000;
/** What a board answers to a bundle that is not newer than what it has. */
const KEPT = 460;

export const giveTrust: Kind = {
  what: 'give-trust',
  about:
    "Somebody tells every board of the cloud's present CA, by a signed bundle, for so long as it takes until each has kept it.",
  draw: (random) => ({ everyMs: random.between(20_000, 90_000) }),
  begin: (world, details) => {
    const { pki } = world.cloud;
    if (pki === undefined) return;
    const version = Math.floor(world.nowMs / 1_000) + 1;
    const bundle = world.updateKey.bundle(version, [{ ...world.environment, anchors: [pki.anchor] }]);
    const everyMs = numberOf(details, 'everyMs');
    for (const device of world.devices) tellUntilKept(world, device, bundle, everyMs);
  },
};

function tellUntilKept(world: World, device: SimDevice, bundle: object, everyMs: number): void {
  const again = (delayMs: number): void => {
    world.time.timer.set(() => tellUntilKept(world, device, bundle, everyMs), delayMs);
  };
  if (!device.isOnline) {
    again(everyMs);
    return;
  }
  world.tell(`#${device.index} is told of the CA`);
  void world.invoke(device, 'setTrust', { bundle }).then((answer) => {
    const reply = answer?.data['reply'] as { code?: number } | undefined;
    if (reply?.code === KEPT) world.note(`#${device.index} has kept it`);
    else again(reply?.code === 200 ? ASK_AGAIN_MS : everyMs);
  });
}
