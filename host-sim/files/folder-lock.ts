import { join } from 'node:path';
import { sharersOf } from './folder-share.js';
import { claimFile, FolderInUseError, LOCK_FILE, newClaim, releaseFile } from './lock-file.js';

export { FolderInUseError } from './lock-file.js';

/**
 * A folder held by one process at a time, by a file that names its holder. It appears whole or not at all (a hard link to a
 * file that is complete), and of a holder that was killed it is taken over: the process is gone, or its number is another
 * one's now. It sees the processes of its own system alone: containers or machines that share a folder are not kept apart.
 */
export class FolderLock {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /** Takes a folder that exists. @throws FolderInUseError; {NodeJS.ErrnoException} where the folder cannot be written */
  static take(folder: string): FolderLock {
    const path = join(folder, LOCK_FILE);
    const claim = newClaim();
    const holder = claimFile(path, claim);
    if (holder !== undefined) throw new FolderInUseError(folder, holder.pid, holder.isOpening);
    const lock = new FolderLock(path, claim.text);
    const [sharer] = sharersOf(folder);
    if (sharer === undefined) return lock;
    lock.release();
    throw new FolderInUseError(folder, sharer.pid, true);
  }

  /** Lets another in. May be called twice; never throws. */
  release(): void {
    releaseFile(this.#path, this.#text);
  }
}
