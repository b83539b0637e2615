import { swapImage } from '../faults/odd-offer.js';
import { DetailError, type Kind, textOf } from '../happening.js';
import { campaignOf, publish } from './publish-update.js';

const HOW = ['stranger', 'stolen key', 'swapped'] as const;

export const forgedUpdate: Kind = {
  what: 'forged-update',
  about:
    'Somebody who has the account brings boards a build of his own: signed by a key that they do not know, or by one that was stolen, or behind the header of a genuine one.',
  draw: (random) => ({ how: random.pick(['stranger', 'swapped']) }),
  begin: (world, details) => {
    const how = textOf(details, 'how') as (typeof HOW)[number];
    if (!HOW.includes(how)) throw new DetailError(`"how" must be one of ${HOW.join(', ')}`);
    const { builds, cloud } = world;
    const signer = how === 'stranger' ? builds.stranger.signer : builds.keys[0].signer;
    for (const product of new Map(world.devices.map(({ product }) => [product.productKey, product])).values()) {
      const version = builds.nextVersion(product);
      const request = { product, version, buildTimeMs: world.wallMs, signers: [signer], isForged: true };
      const build = builds.make(request);
      // As long as the other one, and a version that nobody has built.
      const image = builds.imageOf({ ...request, version: version.replace(/0$/, '9') });
      void publish(world, build, campaignOf(details), (packageId) => {
        if (how === 'swapped') cloud.swapFile(packageId, swapImage(build, image));
      });
    }
  },
};
