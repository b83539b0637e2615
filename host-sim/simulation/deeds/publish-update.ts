import { compareVersions } from '../../../src/core/version.js';
import type { Fault } from '../../image/sim-image.js';
import type { SignedBuild } from '../builds.js';
import { type Kind, numberOf } from '../happening.js';
import type { World } from '../world.js';

/** Where the cloud does not answer, whoever publishes tries again after this time, ms. */
const AGAIN_MS = 20_000;

export const publishUpdate: Kind = {
  what: 'publish-update',
  about: 'A new version is built and signed for every product, published, and brought to all boards by a campaign.',
  draw: () => ({ stages: [100] }),
  begin: (world, details) => {
    const { stages = [100], stageMinutes = 10, fault, faultyPercent, abortPercent = 10, raisesFloor } = details;
    const products = new Map(world.devices.map(({ product }) => [product.productKey, product]));
    for (const product of products.values()) {
      const version = nextVersion(world, product.productKey);
      const build = world.builds.make({
        product,
        version,
        ...(raisesFloor === true && { floor: version }),
        buildTimeMs: world.wallMs,
        ...(fault !== undefined && { fault: fault as Fault }),
        ...(faultyPercent !== undefined && { faultyPercent: numberOf(details, 'faultyPercent') }),
      });
      void publish(world, build, { stages, stageHours: Number(stageMinutes) / 60, abortPercent });
    }
  },
};

/** Uploads a build, and begins a campaign; as often as it takes until both have worked. */
export async function publish(world: World, build: SignedBuild, campaign: object): Promise<void> {
  const { app } = world;
  const uploaded = await untilTaken(world, () => app.upload('/ota/packages', build.package));
  const { packageId } = uploaded;
  await untilTaken(world, () => app.post('/ota/campaigns', { packageId, ...campaign }));
}

async function untilTaken(world: World, ask: () => ReturnType<World['app']['post']>): Promise<Record<string, unknown>> {
  for (;;) {
    const answer = await ask();
    if (answer?.code === 200) return answer.data;
    world.note(`who publishes hears ${answer?.code ?? 'nothing'}`);
    await new Promise<void>((resolve) => {
      world.time.timer.set(resolve, AGAIN_MS);
    });
  }
}

/** Above every build of the product, and above what its boards had from the factory. */
function nextVersion(world: World, productKey: string): string {
  const versions = world.builds.all.filter(({ product }) => product.productKey === productKey);
  const factory = world.devices.find(({ product }) => product.productKey === productKey)!.product.firmwareVersion;
  const highest = [factory, ...versions.map(({ version }) => version)].sort(compareVersions).at(-1)!;
  const [major, minor] = highest.split('.');
  return `${major}.${Number(minor) + 1}.0`;
}
