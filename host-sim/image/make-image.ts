import { ownBundle } from './bundle.js';
import { type Build, encodeImage } from './sim-image.js';

/**
 * An image of this program's own firmware, which a simulated board starts in place of what it runs.
 * @throws {Error} when the program was not built
 */
export function makeSimulatorImage(build: Omit<Build, 'fault'>): Uint8Array {
  return encodeImage({ build, bundle: ownBundle() });
}
