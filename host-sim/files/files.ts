import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, readable by its owner only. Unlike Node's own recursive form it also ends where the
 * file system refuses with ENOENT (as `/proc` does). @throws {NodeJS.ErrnoException} when it cannot be made
 */
export function makeFolder(path: string): void {
  if (tryMake(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path, { mode: 0o700 });
}

/** Whether the folder is there now; false: the one above it is missing. */
function tryMake(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return true;
    if (code === 'ENOENT' && !exists(dirname(path))) return false;
    throw error;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Replaces a file, readable by its owner only, so that a power cut leaves the old one or the new one, never a mixture: a
 * second file is written and flushed to the disk, then takes the first one's place.
 * @param next where the second file is until then; one of its own for each of several processes that write the same file
 */
export function writeFileAtomic(path: string, data: Uint8Array | string, next = `${path}.next`): void {
  const file = openSync(next, 'w', 0o600);
  try {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
  syncFolder(dirname(path));
}

/** Writes a file where there is none, whole or not at all; false: there is one, whoever was faster. */
export function writeFileFirst(path: string, data: string): boolean {
  const own = `${path}.${process.pid}.first`;
  writeFileAtomic(own, data, `${own}.next`);
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(own);
    syncFolder(dirname(path));
  }
  return true;
}

/** Makes what was renamed in or removed from a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
