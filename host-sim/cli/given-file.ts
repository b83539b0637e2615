import { readFileSync } from 'node:fs';
import { CliError } from './cli-error.js';

/** What is in a file that somebody has named. @throws {CliError} `code`: it cannot be read, and why */
export function readGiven(what: string, code: string, file: string, exitCode: 1 | 2 = 2): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new CliError(code, `${what === '' ? '' : `${what} `}${file} cannot be read (${why}).`, exitCode);
  }
}
