import type { SimDevice } from './sim-device.js';
import type { Witness } from './witness.js';
import type { World } from './world.js';

/** Tells that a promise is broken: of which board, and how, in one sentence. */
export type Broken = (device: SimDevice | undefined, sentence: string) => void;

/** What a board, or all of them together, promise always to do. */
export interface WorldPromise {
  readonly name: string;
  /** Why it matters, in one sentence. */
  readonly why: string;
  watch(world: World, broken: Broken): Witness;
}

/** A promise that was not kept. */
export interface BrokenPromise {
  readonly promise: string;
  readonly why: string;
  readonly atMs: number;
  /** Index of the board. */
  readonly board?: number;
  readonly sentence: string;
}

/** Has a world's promises watched, and keeps what was broken, first things first. */
export class Judge {
  readonly #promises: readonly WorldPromise[];
  readonly broken: BrokenPromise[] = [];

  constructor(promises: readonly WorldPromise[]) {
    this.#promises = promises;
  }

  /** The witnesses of a world: one a promise. */
  witnesses(world: World): Witness[] {
    return this.#promises.map((promise) =>
      promise.watch(world, (device, sentence) => {
        world.note(`BROKEN ${promise.name}: ${sentence}`);
        const { name, why } = promise;
        const board = device && { board: device.index };
        this.broken.push({ promise: name, why, atMs: world.nowMs, ...board, sentence });
      }),
    );
  }
}
