import type { World } from './world.js';

/** What a fault does to a world for a while. */
export interface Spell<T> {
  /** What is changed: faults that change the same thing share it. */
  readonly what: string;
  readonly value: T;
  readonly forMs: number;
  readonly apply: (value: T | undefined) => void;
  /** Boards that cannot reach their cloud meanwhile. */
  readonly keepsOff?: readonly number[];
  /** How much longer they may take to come back than after any outage, ms. */
  readonly aftermathMs?: number;
}

/** Changes something for a while; it says so to the world, at the beginning and at the end. */
export function forAWhile<T>(world: World, spell: Spell<T>): void {
  const { what, value, forMs, apply, keepsOff = [], aftermathMs = 0 } = spell;
  const takeBack = world.overlays.put(what, value, apply);
  for (const board of keepsOff) world.obstacles.put(board, what);
  world.time.timer.set(() => {
    takeBack();
    for (const board of keepsOff) world.obstacles.release(board, what, aftermathMs);
    world.tell(`${what}: over`);
  }, forMs);
}
