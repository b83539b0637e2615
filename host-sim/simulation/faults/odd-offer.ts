import type { Product } from '../../../src/core/product.js';
import { encodePackage } from '../../ota/package.js';
import type { SignedBuild } from '../builds.js';
import { choose } from '../choose.js';
import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import { servePackage } from '../package-server.js';
import { upgradeMessage, upgradeTopic } from '../update-messages.js';
import type { World } from '../world.js';

/** What his build says that it is. */
const HIS_VERSION = '9.9.9';
/** The machine with his files: each offer has a port of its own. */
const HIS_ADDRESS = '10.9.9.9';
const FIRST_PORT = 10_000;
const PORTS = 50_000;
/** His server is there for so long, ms. */
const SERVES_MS = 600_000;
const OFFERS = ['old', 'forged', 'swapped', 'of another', 'same'] as const;
type Offer = (typeof OFFERS)[number];

export const oddOffer: Kind = {
  what: 'odd-offer',
  about:
    'Somebody who has the broker offers a board a build: an old one of its makers, one of another product, the one that it runs, one that he has signed himself, or his own behind a genuine header.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    offer: random.pick(OFFERS),
    choice: random.uint32(),
    retain: random.chance(0.2),
  }),
  begin: (world, details) => {
    const offer = textOf(details, 'offer') as Offer;
    if (!OFFERS.includes(offer)) throw new DetailError(`"offer" must be one of ${OFFERS.join(', ')}`);
    const { product, deviceId, version, index } = world.device(numberOf(details, 'board'));
    const tap = world.wires.tapOf(world.device(index));
    if (tap === undefined || deviceId === undefined) return;
    const file = fileOf(world, product, offer, numberOf(details, 'choice'), version);
    if (file === undefined) return;
    const later = (callback: () => void, delayMs: number): void => void world.time.timer.set(callback, delayMs);
    const port = FIRST_PORT + (world.nowMs % PORTS);
    if (world.network.hears(HIS_ADDRESS, port)) return;
    const door = world.network.listen(HIS_ADDRESS, port, (peer) => {
      peer.onData = (bytes) => {
        peer.onData = undefined;
        servePackage(peer, Buffer.from(bytes).toString('latin1'), { manner: 'honest', file, other: file, later });
      };
    });
    world.time.timer.set(() => door.close(), SERVES_MS);
    // A board looks at this version before it looks at anything else.
    const message = upgradeMessage(HIS_VERSION, `http://${HIS_ADDRESS}:${port}/file`, file.length);
    tap.publish(upgradeTopic(product.productKey, deviceId), message, { retain: details['retain'] === true });
  },
};

function fileOf(world: World, product: Product, offer: Offer, choice: number, running: string): Uint8Array | undefined {
  const { builds } = world;
  const own = builds.genuine(product.productKey);
  const his = { product, version: HIS_VERSION, buildTimeMs: world.wallMs };
  switch (offer) {
    case 'old':
      return choose(own, choice)?.package;
    case 'same':
      return builds.find(product.productKey, running)?.package;
    case 'of another':
      return choose(
        builds.all.filter((build) => build.product.productKey !== product.productKey),
        choice,
      )?.package;
    case 'forged': {
      const head = { productKey: product.productKey, chip: product.chipModel, version: HIS_VERSION, floor: '0.0.0' };
      return encodePackage({ ...head, required: 1 }, builds.imageOf(his), [builds.stranger.signer]);
    }
    case 'swapped':
      return own.length === 0 ? undefined : swapImage(own.at(-1)!, builds.imageOf(his));
  }
}

/** A package with its header and signatures, and another image. */
export function swapImage(build: SignedBuild, image: Uint8Array): Uint8Array {
  return Buffer.concat([build.package.subarray(0, build.package.length - build.image.length), image]);
}
