/** Bytes that wait to be read, up to a limit; what is beyond it is lost. */
export class ByteQueue {
  readonly #most: number;
  #bytes = new Uint8Array(0);

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Whether any of them had room. */
  push(bytes: Uint8Array): boolean {
    const fresh = bytes.subarray(0, this.#most - this.#bytes.length);
    if (fresh.length === 0) return false;
    const all = new Uint8Array(this.#bytes.length + fresh.length);
    all.set(this.#bytes);
    all.set(fresh, this.#bytes.length);
    this.#bytes = all;
    return true;
  }

  /** Takes up to `into.length` of them; returns how many. */
  read(into: Uint8Array): number {
    const count = Math.min(into.length, this.#bytes.length);
    into.set(this.#bytes.subarray(0, count));
    this.#bytes = this.#bytes.subarray(count);
    return count;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
  }
}
