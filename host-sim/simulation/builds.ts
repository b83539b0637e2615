import type { Product } from '../../src/core/product.js';
import { compareVersions } from '../../src/core/version.js';
import type { UpdateKeys } from '../../src/ports/settings.js';
import { encodeImage, type Fault, faultOn } from '../image/sim-image.js';
import { encodePackage, type Signer } from '../ota/package.js';
import type { SeededRandom } from './seeded-random.js';
import type { SimDevice } from './sim-device.js';
import { UpdateKey } from './update-key.js';

/** Bytes of an image beside what it says of itself: a few blocks of flash. */
const CODE_BYTES = 20_000;

/** What is to be built. */
export interface BuildRequest {
  readonly product: Product;
  readonly version: string;
  /** Default: none that matters. */
  readonly floor?: string;
  /** Bits of the keys that must sign what comes after it (default: key 0 alone). */
  readonly required?: number;
  readonly buildTimeMs: number;
  /** What is wrong with it, on so many percent of the boards (default: all). */
  readonly fault?: Fault;
  readonly faultyPercent?: number;
  /** Who signs it (default: key 0). */
  readonly signers?: readonly Signer[];
  /** It is not of those who make the boards, whoever has signed it. */
  readonly isForged?: boolean;
}

/** A build that was signed. */
export interface SignedBuild extends BuildRequest {
  readonly floor: string;
  readonly image: Uint8Array;
  readonly package: Uint8Array;
}

/** What is built for the boards of a world. */
export class Builds {
  /** Of those who make the boards, by id: boards know all of them, and want the first one until they are told otherwise. */
  readonly keys: readonly [UpdateKey, UpdateKey];
  /** One that no board knows. */
  readonly stranger: UpdateKey;
  readonly #made: SignedBuild[] = [];

  constructor(random: SeededRandom) {
    this.keys = [new UpdateKey(random.fork('update key'), 0), new UpdateKey(random.fork('second update key'), 1)];
    this.stranger = new UpdateKey(random.fork('key of a stranger'), 0);
  }

  /** What boards know from the factory. */
  get known(): UpdateKeys {
    return { keys: Object.fromEntries(this.keys.map(({ signer, point }) => [signer.id, point])) };
  }

  /** Oldest first. */
  get all(): readonly SignedBuild[] {
    return this.#made;
  }

  make(request: BuildRequest): SignedBuild {
    const { product, version, floor = '0.0.0', required = 1, signers = [this.keys[0].signer] } = request;
    const image = this.imageOf(request);
    const head = { productKey: product.productKey, chip: product.chipModel, version, floor, required };
    const build = { ...request, floor, image, package: encodePackage(head, image, signers) };
    this.#made.push(build);
    return build;
  }

  /** An image of that version: as long as a small one, though worlds run the firmware that is loaded anyway. */
  imageOf({ product, version, buildTimeMs, fault, faultyPercent }: BuildRequest): Uint8Array {
    return encodeImage({
      build: {
        product: { ...product, firmwareVersion: version },
        buildTimeMs,
        ...(fault && { fault }),
        ...(fault && faultyPercent !== undefined && { faultyPercent }),
      },
      bundle: '/'.repeat(CODE_BYTES),
    });
  }

  /** The build of that version for a product. */
  find(productKey: string, version: string): SignedBuild | undefined {
    return this.#made.find((build) => build.product.productKey === productKey && build.version === version);
  }

  /** Those of a product's makers. */
  genuine(productKey: string): SignedBuild[] {
    return this.#made.filter((build) => build.product.productKey === productKey && build.isForged !== true);
  }

  /** What is wrong with the build that a board runs. */
  faultOf({ product, version, serial }: SimDevice): Fault | undefined {
    return this.#faultOn(this.find(product.productKey, version), serial);
  }

  /** What is right for a board: the newest build of its makers that works on it, or what it had from the factory. */
  newestFor({ product, serial }: SimDevice): string {
    const good = this.genuine(product.productKey).filter((build) => this.#faultOn(build, serial) === undefined);
    return [product.firmwareVersion, ...good.map(({ version }) => version)].sort(compareVersions).at(-1)!;
  }

  /** Above every build of the product, and above what its boards had from the factory. */
  nextVersion({ productKey, firmwareVersion }: Product): string {
    const versions = this.#made.filter(({ product }) => product.productKey === productKey);
    const highest = [firmwareVersion, ...versions.map(({ version }) => version)].sort(compareVersions).at(-1)!;
    const [major, minor] = highest.split('.');
    return `${major}.${Number(minor) + 1}.0`;
  }

  #faultOn(build: SignedBuild | undefined, serial: string): Fault | undefined {
    if (build === undefined) return undefined;
    // The image says of itself that it is of its version.
    return faultOn({ ...build, product: { ...build.product, firmwareVersion: build.version } }, serial);
  }
}
