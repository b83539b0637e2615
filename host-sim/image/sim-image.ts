import { crc32 } from '../../src/core/crc32.js';
import type { Product } from '../../src/core/product.js';
import type { UpdateKeys } from '../../src/ports/settings.js';
import { sealImage } from '../world/boot-image.js';

/** What is wrong with a build: it throws when it starts, it hangs until the watchdog bites, none of its sockets connects. */
export type Fault = 'crash' | 'hang' | 'deaf';

const FAULTS: readonly unknown[] = Object.freeze([undefined, 'crash', 'hang', 'deaf']);

/** What a build knows, as on a chip it is linked into it. */
export interface Build {
  readonly product: Product;
  /** Epoch milliseconds. */
  readonly buildTimeMs: number;
  /** In place of those of the board's settings. */
  readonly updateKeys?: UpdateKeys;
  /** In virtual worlds alone. */
  readonly fault?: Fault;
  /** On how many of the boards it is wrong, percent (default: all). */
  readonly faultyPercent?: number;
}

/** A firmware image of the simulator, taken apart. */
export interface SimImage {
  /** Absent: that of the program that runs the board. */
  readonly build?: Build;
  /** The firmware, as `dist/firmware.js` is; empty: that of the program that runs the board. */
  readonly bundle: string;
}

/** An image as a boot loader starts it: behind its first line one of JSON, the build, and then the bundle. */
export function encodeImage({ build, bundle }: SimImage): Uint8Array {
  return sealImage(Buffer.from(`${JSON.stringify(build ?? {})}\n${bundle}`));
}

/** @param body what `BootLoader.boot` gives. @throws {Error} when it is not of an image of the simulator */
export function decodeImage(body: Uint8Array): SimImage {
  const end = body.indexOf(0x0a);
  const bundle = Buffer.from(body.subarray(end + 1)).toString();
  const build: Partial<Build> = JSON.parse(Buffer.from(body.subarray(0, Math.max(0, end))).toString());
  const { product, buildTimeMs, updateKeys, fault, faultyPercent = 100 } = build;
  if (product === undefined) return { bundle };
  const isBuild =
    isObject(product) &&
    Number.isSafeInteger(buildTimeMs) &&
    (updateKeys === undefined || isObject(updateKeys)) &&
    FAULTS.includes(fault) &&
    typeof faultyPercent === 'number';
  if (!isBuild) throw new Error('the image does not say what it was built for');
  return { build: build as Build, bundle };
}

/** What is flashed by cable where nothing is: the firmware of the program that runs the board. */
export function ownImage(): Uint8Array {
  return encodeImage({ bundle: '' });
}

/** What is wrong with a build on a board: which boards those are, their serial numbers and the version say. */
export function faultOn({ product, fault, faultyPercent = 100 }: Partial<Build>, serial: string): Fault | undefined {
  const drawn = crc32(Buffer.from(`${serial} ${product?.firmwareVersion}`)) % 100;
  return drawn < faultyPercent ? fault : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
