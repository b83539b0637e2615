/** Entries of a list that a choice offers at most. */
const MOST = 500;

/** All entries of a list that is answered in pages, up to 500. @param ask for a page, from 1 */
export async function allPages<T>(
  ask: (page: number) => Promise<{ readonly list: readonly T[]; readonly total: number }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; all.length < MOST; page++) {
    const { list, total } = await ask(page);
    all.push(...list);
    if (list.length === 0 || all.length >= total) break;
  }
  return all.slice(0, MOST);
}
