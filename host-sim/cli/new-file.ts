import { writeFileSync } from 'node:fs';
import { CliError } from './cli-error.js';

/** Writes a file that must not be there yet. @throws {CliError} `exists`, `not_written` */
export function writeNew(path: string, content: string | Uint8Array, mode = 0o600): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? new CliError('exists', `${path} exists: choose another file with --out.`)
      : new CliError('not_written', `${path} cannot be written (${code}): choose another file with --out.`);
  }
}
