import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type { Board } from '../../src/board/board.js';
import type { Product } from '../../src/core/product.js';
import type { Host } from '../../src/ports/host.js';

/** The name under which a bundle leaves what it exports (`scripts/build.mjs`). */
export const BUNDLE_NAME = 'smartlinkFirmware';

/** What a bundle exports for whoever runs it on Node. */
export interface FirmwareModule {
  createBoard(host: Host, product: Product): Board;
}

/** How many bundles are kept ready to run. Boards of one program have few. */
const MOST_KEPT = 4;
/** Running a bundle anew would bring nothing else: firmware keeps no state in its modules. */
const kept = new Map<string, FirmwareModule>();

/**
 * The program's own firmware as a bundle, which the build puts beside the program.
 * @param from URL of a module of the program. @throws {Error} when it is not there
 */
export function ownBundle(from: string = import.meta.url): string {
  return readFileSync(join(builtFolder(from), 'firmware.js'), 'utf8');
}

/** The folder of what is built, where the program is. @throws {Error} when it is not there */
export function builtFolder(from: string = import.meta.url): string {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    // Parts of the program are one folder further down; its sources are beside the folder of what is built.
    const built = [folder, join(folder, 'dist')].find((one) => existsSync(join(one, 'firmware.js')));
    if (built !== undefined) return built;
    if (dirname(folder) === folder) throw new Error('dist/firmware.js is not there: run "npm run build"');
  }
}

/** Runs a bundle in this process: other code than the program's own, also where it says the same. @throws what it throws */
export function runBundle(bundle: string): FirmwareModule {
  let firmware = kept.get(bundle);
  if (firmware === undefined) {
    const script = new Script(`(() => {${bundle}\nreturn ${BUNDLE_NAME};})()`, { filename: 'firmware.js' });
    firmware = script.runInThisContext() as FirmwareModule;
  }
  kept.delete(bundle);
  kept.set(bundle, firmware);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return firmware;
}
