import { ENVIRONMENT_RECORD } from '../../../src/board/environments.js';
import { type Kind, numberOf } from '../happening.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

/** A board that has taken a bundle tries it, for three minutes at most; then there is a look at whether it has kept it, ms. */
const LOOK_AGAIN_MS = 300_000;

export const giveTrust: Kind = {
  what: 'give-trust',
  about:
    "Somebody tells every board of the cloud's present CA, by a signed bundle, for so long as it takes until each has kept it.",
  draw: (random) => ({ everyMs: random.between(20_000, 90_000) }),
  begin: (world, details) => {
    const { pki } = world.cloud;
    if (pki === undefined) return;
    const version = Math.floor(world.nowMs / 1_000) + 1;
    const bundle = world.builds.keys[0].bundle(version, [{ ...world.home.environment, anchors: [pki.anchor] }]);
    const everyMs = numberOf(details, 'everyMs');
    for (const device of world.devices) tellUntilKept(world, { device, version, bundle, everyMs });
  },
};

interface Telling {
  readonly device: SimDevice;
  readonly version: number;
  readonly bundle: object;
  readonly everyMs: number;
}

function tellUntilKept(world: World, telling: Telling): void {
  const { device, version, bundle, everyMs } = telling;
  if (keptBy(device) >= version) return;
  const again = (delayMs: number): void => {
    world.time.timer.set(() => tellUntilKept(world, telling), delayMs);
  };
  if (!device.isOnline) {
    again(everyMs);
    return;
  }
  world.tell(`#${device.index} is told of the CA`);
  void world
    .invoke(device, 'setTrust', { bundle })
    .then((answer) => again(answer?.code === 200 ? LOOK_AGAIN_MS : everyMs));
}

/** Version of the bundle that is in its flash; 0 where there is none. */
function keptBy({ flash }: SimDevice): number {
  const kept = flash.storage.read(ENVIRONMENT_RECORD);
  return Number(/"version":(\d+)/.exec(Buffer.from(kept ?? []).toString())?.[1] ?? 0);
}
