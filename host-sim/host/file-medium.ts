import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { FlashMedium } from '../world/flash-medium.js';

/**
 * A flash in a file, so that it outlives the program; it has no file before it is written to. The bytes are kept inverted: what
 * was erased, or never written, is a hole. A process that is killed leaves it as a power cut would: with an operation half done.
 */
export class FileMedium implements FlashMedium {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {NodeJS.ErrnoException} when the file cannot be read */
  read(into: Uint8Array, at: number): void {
    into.fill(0);
    this.#open('r', (file) => {
      for (let done = 0; done < into.length; ) {
        const count = readSync(file, into, done, into.length - done, at + done);
        if (count === 0) break;
        done += count;
      }
    });
    invert(into);
  }

  /** @throws {NodeJS.ErrnoException} when the file cannot be written */
  write(bytes: Uint8Array, at: number): void {
    const inverted = invert(Uint8Array.from(bytes));
    this.#open('r+', (file) => {
      for (let done = 0; done < inverted.length; ) {
        done += writeSync(file, inverted, done, inverted.length - done, at + done);
      }
    });
  }

  sync(): void {
    this.#open('r+', fsyncSync);
  }

  /** A file of its own for each call: there may be thousands of boards. */
  #open(how: 'r' | 'r+', use: (file: number) => void): void {
    let file: number;
    try {
      file = openSync(this.#path, how);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (how === 'r') return;
      file = openSync(this.#path, 'w+', 0o600);
    }
    try {
      use(file);
    } finally {
      closeSync(file);
    }
  }
}

function invert(bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= 0xff;
  return bytes;
}
