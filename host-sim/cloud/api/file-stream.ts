import { Readable } from 'node:stream';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import type { StoredFile } from '../store/stored-files.js';
import type { ByteRange } from './byte-range.js';

/** Read at a time. */
const PIECE_BYTES = 16_384;
/** For how long whoever fetches a file may take none of it, ms. */
const IDLE_MS = 60_000;

/** A part of a file, read as it is taken; it ends with an error where the file is deleted meanwhile, or nobody takes it any more. */
export class FileStream extends Readable {
  readonly #file: StoredFile;
  readonly #environment: CloudEnvironment;
  #at: number;
  readonly #end: number;
  #cancelIdle: CancelTimer | undefined;

  constructor(file: StoredFile, { first, last }: ByteRange, environment: CloudEnvironment) {
    super({ highWaterMark: PIECE_BYTES });
    this.#file = file;
    this.#environment = environment;
    this.#at = first;
    this.#end = last + 1;
    this.#waitForReader();
  }

  override _read(): void {
    if (this.#at === this.#end) {
      this.push(null);
      return;
    }
    this.#waitForReader();
    const piece = this.#file.read(this.#at, Math.min(PIECE_BYTES, this.#end - this.#at));
    this.#at += piece.length;
    if (piece.length === 0) this.destroy(new Error('the file is no longer there'));
    else this.push(piece);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#cancelIdle?.();
    callback(error);
  }

  #waitForReader(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = this.#environment.setTimer(() => this.destroy(new Error('nobody takes the file')), IDLE_MS);
  }
}
