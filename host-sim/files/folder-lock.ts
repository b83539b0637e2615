import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startOf } from './process-identity.js';

const LOCK_FILE = '.lock';

/** Who holds a lock. */
interface Claim {
  readonly pid: number;
  /** Tells the process from a later one with the same number. */
  readonly start: string;
}

/** A running process holds the folder; `data.pid` says which. */
export class FolderInUseError extends Error {
  readonly code = 'folder_in_use';
  readonly data: { readonly folder: string; readonly pid: number };

  constructor(folder: string, pid: number) {
    super(`${folder} is in use by process ${pid}: stop that one, or choose another folder.`);
    this.data = { folder, pid };
  }
}

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
    // No two claims are alike, so that a dead one is never mistaken for its successor.
    const nonce = randomUUID();
    const text = JSON.stringify({ pid: process.pid, start: startOf(process.pid), nonce });
    const own = `${path}.${nonce}`;
    writeFileSync(own, text, { flag: 'wx', mode: 0o600 });
    try {
      takeFile(path, own, folder);
    } finally {
      unlinkSync(own);
    }
    return new FolderLock(path, text);
  }

  /** Lets another in. May be called twice; never throws. */
  release(): void {
    try {
      // Somebody may have removed the folder, or the lock by hand.
      if (readIfThere(this.#path) === this.#text) unlinkSync(this.#path);
    } catch {
      // It is taken over once this process has ended.
    }
  }
}

/** Makes `path` a link to `own`, the complete claim. @throws FolderInUseError */
function takeFile(path: string, own: string, folder: string): void {
  while (!tryLink(own, path)) {
    const text = readIfThere(path);
    // Just released: again.
    if (text === undefined) continue;
    const holder = parseClaim(text);
    if (holder !== undefined && isRunning(holder.pid, holder.start)) throw new FolderInUseError(folder, holder.pid);
    removeDead(path, text, own, folder);
  }
}

/**
 * Removes the lock of a dead process. Of all that find it dead one may do so, and only while it is still that one: a lock
 * of its own, named after what is removed, guards that. Its holder may be killed too, so it is a lock like any other.
 */
function removeDead(path: string, text: string, own: string, folder: string): void {
  const guard = `${path}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  takeFile(guard, own, folder);
  try {
    if (readIfThere(path) === text) unlinkSync(path);
  } finally {
    unlinkSync(guard);
  }
}

/** Whether the link was made; false: the name is taken. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for what no process has written: what a power cut left is nobody's. */
function parseClaim(text: string): Claim | undefined {
  try {
    const { pid, start } = JSON.parse(text) as Partial<Claim>;
    return Number.isInteger(pid) && pid! > 0 && typeof start === 'string' ? { pid: pid!, start } : undefined;
  } catch {
    return undefined;
  }
}
