/**
 * What several faults at a time want something to be like: the latest of them has its way, and when it is over, the one
 * before it that is not.
 */
export class Overlays {
  readonly #wishes = new Map<string, { readonly value: unknown }[]>();

  /** What the latest wish is. */
  current(what: string): unknown {
    return this.#wishes.get(what)?.at(-1)?.value;
  }

  /**
   * From now on `what` is like `value`; `apply` is called with it, and whenever that changes with what holds then (`undefined`:
   * nobody wants anything). The result takes the wish back.
   */
  put<T>(what: string, value: T, apply: (value: T | undefined) => void): () => void {
    const wishes = this.#wishes.get(what) ?? [];
    this.#wishes.set(what, wishes);
    const wish = { value };
    wishes.push(wish);
    apply(value);
    return () => {
      const place = wishes.indexOf(wish);
      if (place < 0) return;
      const held = place === wishes.length - 1;
      wishes.splice(place, 1);
      if (held) apply(wishes.at(-1)?.value as T | undefined);
    };
  }
}
