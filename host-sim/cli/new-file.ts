import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from './cli-error.js';

/** Writes a file that must not be there yet: all of it, or none. @throws {CliError} `exists`, `not_written` */
export function writeNew(path: string, content: string | Uint8Array, mode = 0o600): void {
  let made = false;
  try {
    const file = openSync(path, 'wx', mode);
    made = true;
    try {
      writeFileSync(file, content);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Half a file would stand in the way of the next try.
    if (made) rmSync(path, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? new CliError('exists', `${path} exists: choose another place with --out.`)
      : new CliError('not_written', `${path} cannot be written (${code}): choose another place with --out.`);
  }
}
