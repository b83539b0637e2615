/** The middle one; of an even number the mean of the two in the middle. @throws {RangeError} without any */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** By linear interpolation between the nearest two. @throws {RangeError} without any */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = [...values].sort((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}

/** How far the rounds lie from their median, as a fraction of it: the median of the distances. */
export function noise(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : median(values.map((value) => Math.abs(value - middle))) / Math.abs(middle);
}

/**
 * Runs each part once a round, in turns (A B A B), so that a noisy machine hits all of them, and drops the first round, which
 * is for compilers and caches.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  parts: Readonly<Record<Name, (round: number) => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(parts) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const value = await parts[name](round);
      if (round > 0) values[name].push(value);
    }
  }
  return values;
}
