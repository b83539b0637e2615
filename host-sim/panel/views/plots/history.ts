/** Points that are kept of one property; older ones go first. */
export const MOST_POINTS = 10_000;
/** Properties that are kept of a board: more than any product has. */
const MOST_KEYS = 64;

/** A value that a board reported. */
export interface Point {
  /** ms since 1970. */
  readonly at: number;
  readonly value: unknown;
}

/** What a board reported over time, by property, oldest first; the same report may come twice, from the API and live. */
export class History {
  readonly #points = new Map<string, Point[]>();

  /** In the order they were heard of first. */
  get keys(): readonly string[] {
    return [...this.#points.keys()];
  }

  /** Oldest first; none of two of one time that say the same. */
  of(key: string): readonly Point[] {
    return this.#points.get(key) ?? [];
  }

  /** @returns whether it was new */
  add(key: string, at: number, value: unknown): boolean {
    if (!Number.isFinite(at)) return false;
    let points = this.#points.get(key);
    if (points === undefined) {
      if (this.#points.size >= MOST_KEYS) return false;
      points = [];
      this.#points.set(key, points);
    }
    let place = points.length;
    // Nearly always the last place: what is live comes in order.
    while (place > 0 && points[place - 1]!.at > at) place--;
    for (let i = place - 1; i >= 0 && points[i]!.at === at; i--) if (isSame(points[i]!.value, value)) return false;
    points.splice(place, 0, { at, value });
    if (points.length > MOST_POINTS) points.shift();
    return true;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
