/**
 * Finds a short part of a list that still does what the whole list does: leaves out ever smaller pieces as long as it still
 * does it (delta debugging, Zeller 2002). Where nothing more can be left out alone, it ends, or after `mostTries`.
 */
export async function shrink<T>(
  list: readonly T[],
  stillDoesIt: (part: readonly T[]) => Promise<boolean>,
  mostTries: number,
): Promise<readonly T[]> {
  let part = list;
  let size = Math.ceil(part.length / 2);
  let tries = 0;
  while (part.length > 0 && tries < mostTries) {
    let shorter: readonly T[] | undefined;
    for (let at = 0; at < part.length && tries < mostTries; at += size) {
      const without = [...part.slice(0, at), ...part.slice(at + size)];
      tries++;
      if (await stillDoesIt(without)) {
        shorter = without;
        break;
      }
    }
    if (shorter !== undefined) {
      part = shorter;
      size = Math.min(size, Math.max(1, Math.ceil(part.length / 2)));
    } else if (size === 1) break;
    else size = Math.ceil(size / 2);
  }
  return part;
}
