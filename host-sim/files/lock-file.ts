import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { isRunning, startOf } from './process-identity.js';

/** In a folder: the claim of who holds it alone, or opens it. */
export const LOCK_FILE = '.lock';

/** Who holds a lock. */
export interface Claim {
  readonly pid: number;
  /** Tells the process from a later one with the same number. */
  readonly start: string;
  /** It holds the lock only until it has opened what it shares with others. */
  readonly isOpening: boolean;
}

/** A running process holds the folder; `data.pid` says which. */
export class FolderInUseError extends Error {
  readonly code = 'folder_in_use';
  readonly data: { readonly folder: string; readonly pid: number };
  /** It shares the folder with others that do. */
  readonly isShared: boolean;

  constructor(folder: string, pid: number, isShared = false) {
    super(`${folder} is in use by process ${pid}: stop that one, or choose another folder.`);
    this.data = { folder, pid };
    this.isShared = isShared;
  }
}

/** The text of a claim of this process. No two are alike, so that a dead one is never mistaken for its successor. */
export function newClaim(isOpening = false): { readonly nonce: string; readonly text: string } {
  const nonce = randomUUID();
  const opening = isOpening ? { opening: true } : {};
  return { nonce, text: JSON.stringify({ pid: process.pid, start: startOf(process.pid), nonce, ...opening }) };
}

/** Makes `path` a file with this text, which appears whole or not at all. @returns who holds it where that is a running process */
export function claimFile(
  path: string,
  { nonce, text }: { readonly nonce: string; readonly text: string },
): Claim | undefined {
  const own = `${path}.${nonce}`;
  writeFileSync(own, text, { flag: 'wx', mode: 0o600 });
  try {
    return takeFile(path, own);
  } finally {
    unlinkSync(own);
  }
}

/** Lets a file go that holds this text. May be called twice; never throws. */
export function releaseFile(path: string, text: string): void {
  try {
    // Somebody may have removed the folder, or the lock by hand.
    if (readIfThere(path) === text) unlinkSync(path);
  } catch {
    // It is taken over once this process has ended.
  }
}

/** Who holds a file; undefined where nobody does who runs. */
export function holderOf(path: string): Claim | undefined {
  const holder = parseClaim(readIfThere(path) ?? '');
  return holder !== undefined && isRunning(holder.pid, holder.start) ? holder : undefined;
}

/** Makes `path` a link to `own`, the complete claim; who holds it instead. */
function takeFile(path: string, own: string): Claim | undefined {
  while (!tryLink(own, path)) {
    const text = readIfThere(path);
    // Just released: again.
    if (text === undefined) continue;
    const holder = parseClaim(text);
    if (holder !== undefined && isRunning(holder.pid, holder.start)) return holder;
    const before = removeDead(path, text, own);
    if (before !== undefined) return before;
  }
  return undefined;
}

/**
 * Removes the lock of a dead process. Of all that find it dead one may do so, and only while it is still that one: a lock
 * of its own, named after what is removed, guards that. Its holder may be killed too, so it is a lock like any other.
 * @returns who is doing it instead
 */
function removeDead(path: string, text: string, own: string): Claim | undefined {
  const guard = `${path}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  const before = takeFile(guard, own);
  if (before !== undefined) return before;
  try {
    if (readIfThere(path) === text) unlinkSync(path);
  } finally {
    unlinkSync(guard);
  }
  return undefined;
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
    const { pid, start, opening } = JSON.parse(text) as Partial<Claim> & { readonly opening?: unknown };
    const isClaim = Number.isInteger(pid) && pid! > 0 && typeof start === 'string';
    return isClaim ? { pid: pid!, start, isOpening: opening === true } : undefined;
  } catch {
    return undefined;
  }
}
