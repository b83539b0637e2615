/** Where the bytes of a simulated flash are. What was never written reads as 0xff. */
export interface FlashMedium {
  /** Fills `into`. */
  read(into: Uint8Array, at: number): void;
  write(bytes: Uint8Array, at: number): void;
  /** When it returns, what was written is durable. */
  sync(): void;
}

const PAGE_BYTES = 256;

/** In memory, for as long as the process lives. Pages that are erased cost nothing, so that there may be many. */
export class MemoryMedium implements FlashMedium {
  readonly #pages = new Map<number, Uint8Array>();

  read(into: Uint8Array, at: number): void {
    this.#eachPage(into, at, (piece, page, offset) => {
      const kept = this.#pages.get(page);
      if (kept === undefined) piece.fill(0xff);
      else piece.set(kept.subarray(offset, offset + piece.length));
    });
  }

  write(bytes: Uint8Array, at: number): void {
    this.#eachPage(bytes, at, (piece, page, offset) => {
      let kept = this.#pages.get(page);
      if (kept === undefined) {
        if (isErased(piece)) return;
        kept = new Uint8Array(PAGE_BYTES).fill(0xff);
        this.#pages.set(page, kept);
      }
      kept.set(piece, offset);
      if (isErased(kept)) this.#pages.delete(page);
    });
  }

  sync(): void {}

  #eachPage(bytes: Uint8Array, at: number, use: (piece: Uint8Array, page: number, offset: number) => void): void {
    for (let done = 0; done < bytes.length; ) {
      const offset = (at + done) % PAGE_BYTES;
      const piece = bytes.subarray(done, done + PAGE_BYTES - offset);
      use(piece, Math.floor((at + done) / PAGE_BYTES), offset);
      done += piece.length;
    }
  }
}

function isErased(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0xff);
}
