import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ownBundle } from '../image/bundle.js';

/** There is no XS engine on this machine. The message says what to install. */
export class XsEngineMissingError extends Error {
  readonly code = 'xs_engine_missing';
}

/** What a board needs to run in XS; boards of one process share it. */
export interface XsEngine {
  /** Path of xsnap-worker. */
  readonly path: string;
  /** The bundle of `host-sim/xs/firmware.ts`: the firmware and its side of the bridge. */
  readonly bundle: string;
}

const FOLDERS: Readonly<Record<string, string>> = Object.freeze({ linux: 'lin', darwin: 'mac' });

/**
 * Path of the xsnap-worker that the optional package @agoric/xsnap built; `undefined` where it is not there.
 * @param from URL of the module that would import the package
 */
export function findXsEngine(from: string = import.meta.url): string | undefined {
  const folder = FOLDERS[process.platform];
  if (folder === undefined) return undefined;
  for (const root of createRequire(from).resolve.paths('@agoric/xsnap') ?? []) {
    const path = join(root, '@agoric/xsnap/xsnap-native/xsnap/build/bin', folder, 'release/xsnap-worker');
    if (existsSync(path)) return path;
  }
  return undefined;
}

/**
 * The engine and the program's own firmware.
 * @param from URL of the program
 * @throws {XsEngineMissingError} where the engine is not installed or could not be built
 */
export function loadXsEngine(from: string = import.meta.url): XsEngine {
  const path = findXsEngine(from);
  if (path === undefined) {
    throw new XsEngineMissingError(
      'the XS engine is not there: install a C compiler and make, then run `npm install @agoric/xsnap` (Linux or macOS)',
    );
  }
  return { path, bundle: ownBundle(from) };
}
