import { build } from 'esbuild';
import { BUNDLE_NAME } from '../../host-sim/image/bundle.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { VirtualHost } from '../../host-sim/world/virtual-host.js';
import type { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { findXsEngine, type XsEngine } from '../../host-sim/xs/engine.js';
import type { XsMeter } from '../../host-sim/xs/worker.js';
import { XsFirmware } from '../../host-sim/xs/xs-firmware.js';
import { withoutPrivateNames } from '../../scripts/firmware-bundle.mjs';
import { type Board, createBoard } from '../../src/board/board.js';
import type { Product } from '../../src/core/product.js';

/** Why tests of XS do not run here; `undefined` where they do. With CI set they run, and fail. */
export const withoutXs =
  findXsEngine() === undefined && process.env['CI'] !== 'true'
    ? 'the XS engine (@agoric/xsnap) is not installed or could not be built'
    : undefined;

if (withoutXs !== undefined) console.warn(`skipped: ${withoutXs}`);

/** The firmware, bundled for a simulated board, but without private names, as on a chip. */
export async function bundleEngine(): Promise<XsEngine> {
  const path = findXsEngine();
  if (path === undefined) throw new Error('the XS engine (@agoric/xsnap) is missing');
  return { path, bundle: withoutPrivateNames(await bundle('host-sim/xs/firmware.ts')) };
}

/** A script for the engine's global scope. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'neutral',
    format: 'iife',
    globalName: BUNDLE_NAME,
    target: 'es2022',
  });
  return outputFiles[0]!.text;
}

/** One boot of the firmware on either engine, seen alike. */
export interface Running {
  readonly deviceId: string | undefined;
  /** Resolves once the firmware has handled everything that has happened, its promises' work included. */
  settled(): Promise<void>;
  stop(): Promise<void>;
  powerOff(): void;
}

export const SERVO: Product = loadProduct('SW-SERVO-001');

/** Boots the firmware in this process. */
export function bootOnNode(host: VirtualHost, product = SERVO): Running {
  const board: Board = createBoard(host, product);
  return {
    get deviceId() {
      return board.deviceId;
    },
    // Every promise's work is done before the next macrotask.
    settled: () => new Promise((resolve) => setImmediate(resolve)),
    stop: () => board.stop(),
    powerOff: () => host.powerOff(),
  };
}

/** Boots the firmware in XS. */
export function bootOnXs(
  engine: XsEngine,
  host: VirtualHost,
  product = SERVO,
  onMeter?: (meter: XsMeter) => void,
): XsFirmware {
  return new XsFirmware({
    engine,
    host,
    product,
    onCrash: (error) => {
      throw error;
    },
    ...(onMeter === undefined ? {} : { onMeter }),
  });
}

/**
 * Lets time pass as `time.advance` does, but waits after each callback until the firmware has done its part: the guest's
 * answer comes from another process. The order of everything is then the same on both engines.
 */
export async function advance(time: VirtualTime, running: Pick<Running, 'settled'>, ms: number): Promise<void> {
  await advanceUntil(time, running, () => false, ms);
}

/** Like `advance`, but stops as soon as `predicate` holds; resolves to whether it did. */
export async function advanceUntil(
  time: VirtualTime,
  running: Pick<Running, 'settled'>,
  predicate: () => boolean,
  maxMs: number,
): Promise<boolean> {
  await running.settled();
  const endMs = time.nowMs + maxMs;
  let markFired = false;
  const mark = (): void => {
    markFired = false;
    time.timer.set(
      () => {
        markFired = true;
      },
      Math.max(0, endMs - time.nowMs),
    );
  };
  // A mark at the end is always in the heap, so that each step is one callback; the end is reached when a mark that was set
  // there fires first.
  mark();
  for (let quiet = false; !predicate(); ) {
    let asked = 0;
    time.runUntil(() => asked++ > 0, maxMs + 1);
    if (markFired) {
      if (quiet) return predicate();
      quiet = true;
      mark();
    } else quiet = quiet && time.nowMs < endMs;
    await running.settled();
  }
  return true;
}
