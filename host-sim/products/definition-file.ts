import { closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { placeIn } from './json-fault.js';

/** Largest definition file, bytes. The longest definition there can be needs a tenth of it. */
const MOST_BYTES = 256 * 1024;
const LIMIT = `${MOST_BYTES / 1024} KiB`;

/** A file's text, or why there is none; `isFixable` where that says what to do, because it is a definition that was meant. */
export type FileText = { readonly text: string } | { readonly why: string; readonly isFixable?: true };

/**
 * The text of a definition file, without a byte order mark. Never throws, never waits (a pipe or a device is refused), and
 * never reads more than one byte over the limit, whatever the file says its size is.
 */
export function readDefinition(path: string): FileText {
  let bytes: Uint8Array;
  try {
    const stats = statSync(path);
    if (!stats.isFile()) {
      return {
        why: `the file cannot be read: it is ${kindOf(stats)}, where a regular file of at most ${LIMIT} belongs`,
      };
    }
    bytes = readAtMost(path, MOST_BYTES + 1);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { why: 'there is no such file' };
    return { why: `the file cannot be read (${code})` };
  }
  if (bytes.length > MOST_BYTES) {
    const why = `the file is over ${LIMIT}, the most that a product definition may have; shorten it`;
    return { why, isFixable: true };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const why = `the file is not UTF-8 in ${placeIn(text, text.indexOf('\ufffd'))}; save it in that encoding`;
    return { why, isFixable: true };
  }
}

function readAtMost(path: string, most: number): Uint8Array {
  // Should a pipe have taken the file's place since it was looked at, opening it must not wait for a writer.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const bytes = new Uint8Array(most);
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read) {
      read = readSync(file, bytes, length, most - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
