import { createHash } from 'node:crypto';
import type { Product } from '../../src/core/product.js';
import { encodeImage, type Fault } from '../image/sim-image.js';
import { encodePackage, type Signer } from '../ota/package.js';
import type { UpdateKey } from './update-key.js';

/** Bytes of an image beside what it says of itself: a few blocks of flash. */
const CODE_BYTES = 20_000;

/** What is to be built. */
export interface BuildRequest {
  readonly product: Product;
  readonly version: string;
  /** Default: none that matters. */
  readonly floor?: string;
  readonly buildTimeMs: number;
  /** What is wrong with it, on so many percent of the boards (default: all). */
  readonly fault?: Fault;
  readonly faultyPercent?: number;
  /** Who signs it (default: whom boards believe). */
  readonly signer?: Signer;
}

/** A build that was signed. */
export interface SignedBuild extends BuildRequest {
  readonly image: Uint8Array;
  /** SHA-256 of the image, lower-case hex. */
  readonly digest: string;
  /** Whether it may run on boards at all. */
  readonly isGenuine: boolean;
  readonly package: Uint8Array;
}

/** What is built for the boards of a world. */
export class Builds {
  /** Of those who make the boards. */
  readonly key: UpdateKey;
  readonly #made: SignedBuild[] = [];

  constructor(key: UpdateKey) {
    this.key = key;
  }

  /** Oldest first. */
  get all(): readonly SignedBuild[] {
    return this.#made;
  }

  make(request: BuildRequest): SignedBuild {
    const { product, version, floor = '0.0.0', buildTimeMs, fault, faultyPercent, signer = this.key.signer } = request;
    const image = encodeImage({
      build: {
        product: { ...product, firmwareVersion: version },
        buildTimeMs,
        ...(fault && { fault }),
        ...(fault && faultyPercent !== undefined && { faultyPercent }),
      },
      // Worlds run the firmware that is loaded anyway; this makes it as long as a small one.
      bundle: '/'.repeat(CODE_BYTES),
    });
    const head = { productKey: product.productKey, chip: product.chipModel, version, floor, required: 1 };
    const build: SignedBuild = {
      ...request,
      image,
      digest: createHash('sha256').update(image).digest('hex'),
      isGenuine: signer === this.key.signer,
      package: encodePackage(head, image, [signer]),
    };
    this.#made.push(build);
    return build;
  }

  /** The build of that version for a product. */
  find(productKey: string, version: string): SignedBuild | undefined {
    return this.#made.find((build) => build.product.productKey === productKey && build.version === version);
  }
}
