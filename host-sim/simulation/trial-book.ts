import type { BoardEvent } from '../../src/core/events.js';
import { compareVersions } from '../../src/core/version.js';
import { PerDevice } from './per-device.js';
import type { SimDevice } from './sim-device.js';
import type { World } from './world.js';

/** A boot of a build. */
interface Boot {
  readonly version: string;
  readonly atMs: number;
}

/** What an onlooker knows of a board's builds. */
export interface Trial {
  /** The last build that has proven itself, or what is there by cable. */
  proven: string;
  /** The highest floor that a proven build has brought. */
  floor: string | undefined;
  boot: Boot;
  /** The boot before this one, if its build had yet to prove itself. */
  unproven: Boot | undefined;
  isOnTrial: boolean;
}

/** Which build each board runs, and whether it has proven itself. */
export class TrialBook {
  readonly #world: World;
  readonly #trials = new PerDevice<Trial>(({ product: { firmwareVersion: version } }) => ({
    proven: version,
    floor: undefined,
    boot: { version, atMs: 0 },
    unproven: undefined,
    isOnTrial: false,
  }));

  constructor(world: World) {
    this.#world = world;
  }

  of(device: SimDevice): Trial {
    return this.#trials.of(device);
  }

  boot(device: SimDevice): Trial {
    const trial = this.of(device);
    trial.unproven = trial.isOnTrial ? trial.boot : undefined;
    trial.boot = { version: device.version, atMs: this.#world.nowMs };
    trial.isOnTrial = device.version !== trial.proven;
    // What has rotted is not known any more.
    if (device.flash.isRotten('update')) trial.floor = undefined;
    return trial;
  }

  event(device: SimDevice, { name }: BoardEvent): void {
    if (name !== 'update_proven') return;
    const trial = this.of(device);
    trial.proven = device.version;
    trial.isOnTrial = false;
    const floor = this.#world.builds.find(device.product.productKey, device.version)?.floor;
    if (floor !== undefined && (trial.floor === undefined || compareVersions(floor, trial.floor) > 0)) {
      trial.floor = floor;
    }
  }

  /** What comes by cable stays, and leaves the floor where it is. */
  flashed(device: SimDevice): void {
    const trial = this.of(device);
    trial.proven = device.product.firmwareVersion;
    trial.isOnTrial = false;
  }
}
