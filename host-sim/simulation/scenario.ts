import type { Product } from '../../src/core/product.js';
import type { Happening, Kind } from './happening.js';
import type { WorldPromise } from './promise.js';
import type { SeededRandom } from './seeded-random.js';
import type { WorldTls } from './world-options.js';

/** A world to live through: who is in it, for how long, and what happens. */
export interface Scenario {
  readonly name: string;
  /** What it is about, in one sentence. */
  readonly about: string;
  /** One a board: keys of shipped products, or definitions. */
  readonly products: readonly (string | Product)[];
  /** Boards that share an access point (default: all). */
  readonly boardsAPlace?: number;
  /** What the cloud announces (default 10 s). */
  readonly reconnectSpreadS?: number;
  readonly hasTime?: boolean;
  /** Boards are out of their boxes: nobody, not their build either, has told them a network. */
  readonly isNew?: boolean;
  /** Everything goes over TLS (`WorldOptions.tls`). */
  readonly tls?: WorldTls;
  /** From the first board's power to the last happening, ms. */
  readonly durationMs: number;
  /** The time in which the boards get their power (default 5 s), ms. */
  readonly powerOnMs?: number;
  /** For everything to come to rest before the promises are asked a last time (default 10 min), ms. */
  readonly restMs?: number;
  /** What happens, in any order. */
  plan(random: SeededRandom, scenario: Scenario): readonly Happening[];
  /** Promises of this scenario, beside those that always hold. */
  readonly promises?: readonly WorldPromise[];
}

/** How often a kind happens. */
export interface Rate {
  readonly kind: Kind;
  /** On average, on each board or place. */
  readonly perHour: number;
}

/** Draws what happens at random: each kind on its own, so that one more of them leaves the others where they are. */
export function drawPlan(
  random: SeededRandom,
  options: {
    readonly rates: readonly Rate[];
    readonly boards: number;
    readonly fromMs: number;
    readonly untilMs: number;
  },
): Happening[] {
  const { rates, boards, fromMs, untilMs } = options;
  return rates.flatMap(({ kind, perHour }) => {
    const draws = random.fork(kind.what);
    const happenings: Happening[] = [];
    const meanMs = 3_600_000 / (perHour * boards);
    for (let atMs = fromMs; ; ) {
      // Exponential gaps: a Poisson process.
      atMs += Math.ceil(-Math.log(1 - draws.fraction()) * meanMs);
      if (atMs >= untilMs) return happenings;
      happenings.push({ atMs, what: kind.what, ...kind.draw(draws, boards) });
    }
  });
}
