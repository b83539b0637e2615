/** Things that arrive, in order, and who waits for them. */
export class Inbox<T> {
  /** Everything that arrived, taken or not. */
  readonly all: T[] = [];
  readonly #untaken: T[] = [];
  readonly #waiting: { fits: (thing: T) => boolean; resolve: (thing: T) => void }[] = [];

  /** Those that nobody has taken yet. */
  get waiting(): number {
    return this.#untaken.length;
  }

  put(thing: T): void {
    this.all.push(thing);
    const index = this.#waiting.findIndex(({ fits }) => fits(thing));
    if (index < 0) this.#untaken.push(thing);
    else this.#waiting.splice(index, 1)[0]!.resolve(thing);
  }

  /** Takes the first that fits, now or as soon as it comes. */
  next(fits: (thing: T) => boolean = () => true): Promise<T> {
    const index = this.#untaken.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.#untaken.splice(index, 1)[0]!);
    return new Promise((resolve) => this.#waiting.push({ fits, resolve }));
  }
}
