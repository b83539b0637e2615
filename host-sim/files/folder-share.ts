import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Claim, claimFile, FolderInUseError, holderOf, LOCK_FILE, newClaim, releaseFile } from './lock-file.js';

/** Begins the names of the claims of those that share a folder. */
const SHARE_PREFIX = '.share-';
/** How long others may take to open what they share, ms. */
const OPENING_MS = 60_000;
/** Who holds the folder alone may just be finding out that it is shared, ms. */
const DECIDING_MS = 500;
const LOOK_MS = 20;

/**
 * A folder that several processes hold together, and none alone meanwhile. They come in one at a time: each has what it shares with the
 * others to itself until it says that it has opened it. Who was killed holds nothing any more.
 */
export class FolderShare {
  readonly #lockPath: string;
  readonly #sharePath: string;
  readonly #text: string;
  /** Nobody else shared the folder when it was taken. */
  readonly isFirst: boolean;

  private constructor(folder: string, claim: { readonly nonce: string; readonly text: string }) {
    this.#lockPath = join(folder, LOCK_FILE);
    this.#sharePath = join(folder, `${SHARE_PREFIX}${claim.nonce}`);
    this.#text = claim.text;
    this.isFirst = sharersOf(folder).length === 0;
    claimFile(this.#sharePath, claim);
  }

  /**
   * Takes a share of a folder that exists, once those that came before have opened it.
   * @throws FolderInUseError: one process holds it alone, or takes more than a minute to open it; {NodeJS.ErrnoException} where
   *   the folder cannot be written
   */
  static async enter(folder: string): Promise<FolderShare> {
    const claim = newClaim(true);
    const began = performance.now();
    const lockPath = join(folder, LOCK_FILE);
    for (;;) {
      // A claim is a file that is written; who waits only reads.
      const holder = holderOf(lockPath) ?? claimFile(lockPath, claim);
      if (holder === undefined) {
        try {
          return new FolderShare(folder, claim);
        } catch (error) {
          releaseFile(lockPath, claim.text);
          throw error;
        }
      }
      if (performance.now() - began > (holder.isOpening ? OPENING_MS : DECIDING_MS)) {
        throw new FolderInUseError(folder, holder.pid, holder.isOpening);
      }
      await wait(LOOK_MS);
    }
  }

  /** Lets the next one come in. May be called twice; never throws. */
  opened(): void {
    releaseFile(this.#lockPath, this.#text);
  }

  /** Gives the share back. May be called twice; never throws. */
  release(): void {
    this.opened();
    releaseFile(this.#sharePath, this.#text);
  }
}

/** Those that share a folder, to be asked by who holds its lock; what dead ones left is removed. */
export function sharersOf(folder: string): Claim[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(SHARE_PREFIX));
  return names.flatMap((name) => {
    const path = join(folder, name);
    const sharer = holderOf(path);
    if (sharer !== undefined) return [sharer];
    removeDead(path);
    return [];
  });
}

function removeDead(path: string): void {
  try {
    releaseFile(path, readFileSync(path, 'utf8'));
  } catch {
    // Just released.
  }
}
