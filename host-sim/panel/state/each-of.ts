/** How many are done at once: a cloud answers others meanwhile. */
const AT_ONCE = 4;

/** What came of doing the same to many. */
export interface Outcome<T> {
  readonly done: readonly T[];
  readonly failed: readonly { readonly item: T; readonly error: unknown }[];
  /** Not begun, because it was stopped. */
  readonly left: readonly T[];
}

/**
 * Does something to each, four at a time; one that fails does not keep the others from it.
 * @param onProgress how many have been tried
 * @param signal ends it: what is under way is waited for, nothing more is begun
 */
export async function eachOf<T>(
  items: readonly T[],
  deed: (item: T) => Promise<unknown>,
  onProgress: (tried: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Outcome<T>> {
  const done: T[] = [];
  const failed: { item: T; error: unknown }[] = [];
  const left = [...items];
  const work = async (): Promise<void> => {
    while (left.length > 0 && !signal?.aborted) {
      const item = left.shift()!;
      try {
        await deed(item);
        done.push(item);
      } catch (error) {
        failed.push({ item, error });
      }
      onProgress(done.length + failed.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done, failed, left };
}
