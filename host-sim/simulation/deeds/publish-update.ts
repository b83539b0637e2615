import type { Fault } from '../../image/sim-image.js';
import type { SignedBuild } from '../builds.js';
import { type Details, type Kind, numberOf } from '../happening.js';
import type { World } from '../world.js';

/** Where the cloud does not answer, whoever publishes tries again after this time, ms. */
const AGAIN_MS = 20_000;

export const publishUpdate: Kind = {
  what: 'publish-update',
  about: 'A new version is built and signed for every product, published, and brought to all boards by a campaign.',
  draw: (random) => ({ stages: random.chance(0.5) ? [100] : [50, 100], raisesFloor: random.chance(0.3) }),
  begin: (world, details) => {
    const { fault, faultyPercent, raisesFloor, required, signedBy = [0] } = details;
    const signers = (signedBy as number[]).map((id) => world.builds.keys[id]!.signer);
    for (const product of new Map(world.devices.map(({ product }) => [product.productKey, product])).values()) {
      const version = world.builds.nextVersion(product);
      const build = world.builds.make({
        product,
        version,
        signers,
        ...(raisesFloor === true && { floor: version }),
        ...(required !== undefined && { required: numberOf(details, 'required') }),
        buildTimeMs: world.wallMs,
        ...(fault !== undefined && { fault: fault as Fault }),
        ...(faultyPercent !== undefined && { faultyPercent: numberOf(details, 'faultyPercent') }),
      });
      void publish(world, build, campaignOf(details));
    }
  },
};

/** What the details of a deed say of the campaign that it begins. */
export function campaignOf({ stages = [100], stageMinutes = 10, abortPercent = 10 }: Details): object {
  return { stages, stageHours: Number(stageMinutes) / 60, abortPercent };
}

/** Uploads a build, and begins a campaign; as often as it takes until both have worked. @param onUploaded before the campaign */
export async function publish(
  world: World,
  build: Pick<SignedBuild, 'package'>,
  campaign: object,
  onUploaded: (packageId: string) => void = () => {},
): Promise<void> {
  const { app } = world;
  const uploaded = await untilTaken(world, () => app.upload('/ota/packages', build.package));
  const { packageId } = uploaded;
  onUploaded(String(packageId));
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
