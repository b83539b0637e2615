export interface ShrinkLimits {
  /** Parts that are tried at the same time. */
  readonly atOnce: number;
  /** Whether enough time has gone into it: what is shortest then is the result. */
  isEnough(): boolean;
}

/**
 * Finds a short part of a list that still does what the whole list does: leaves out ever smaller pieces as long as it still
 * does it (delta debugging, Zeller 2002), until nothing more can be left out alone. Of the parts that are tried at once the
 * first counts, so that it does not matter how many those are.
 */
export async function shrink<T>(
  list: readonly T[],
  stillDoesIt: (part: readonly T[]) => Promise<boolean>,
  limits: ShrinkLimits,
): Promise<readonly T[]> {
  let part = list;
  for (let size = Math.ceil(list.length / 2); part.length > 0 && !limits.isEnough(); ) {
    const shorter = await firstOf(withoutPieces(part, size), stillDoesIt, limits);
    if (shorter !== undefined) {
      part = shorter;
      size = Math.min(size, Math.max(1, Math.ceil(part.length / 2)));
    } else if (size === 1) break;
    else size = Math.ceil(size / 2);
  }
  return part;
}

/** The list without its first piece, without its second, and so on. */
function withoutPieces<T>(list: readonly T[], size: number): (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < list.length; at += size) parts.push([...list.slice(0, at), ...list.slice(at + size)]);
  return parts;
}

async function firstOf<T>(
  parts: readonly (readonly T[])[],
  stillDoesIt: (part: readonly T[]) => Promise<boolean>,
  { atOnce, isEnough }: ShrinkLimits,
): Promise<readonly T[] | undefined> {
  for (let at = 0; at < parts.length && !isEnough(); at += atOnce) {
    const tried = parts.slice(at, at + atOnce);
    const results = await Promise.all(tried.map(stillDoesIt));
    const first = results.indexOf(true);
    if (first >= 0) return tried[first];
  }
  return undefined;
}
