import { readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.js';
import { judge, type Reading, ratioOf, type Verdict } from './reading.js';

const FORMAT = 1;

/** A reading as it stands in a file. */
export interface Result extends Reading {
  readonly ratio?: number;
  readonly verdict: Verdict;
}

/** What one run found. */
export interface ResultFile {
  readonly format: typeof FORMAT;
  readonly date: string;
  readonly command: string;
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
}

export function resultFile(parts: Omit<ResultFile, 'format' | 'results'>, readings: readonly Reading[]): ResultFile {
  const results = readings.map((reading) => {
    const ratio = ratioOf(reading);
    return { ...reading, ...(ratio !== undefined && { ratio }), verdict: judge(reading) };
  });
  return { format: FORMAT, ...parts, results };
}

export function writeResultFile(path: string, file: ResultFile): void {
  writeFileSync(path, `${JSON.stringify(file, undefined, 2)}\n`);
}

/** @throws {Error} a sentence that names the file and what is wrong with it */
export function readResultFile(path: string): ResultFile {
  let file: ResultFile;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as ResultFile;
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (file?.format !== FORMAT || !Array.isArray(file.results) || typeof file.machine?.cpu !== 'string') {
    throw new Error(`${path} is no result of \`npm run bench\` (format ${FORMAT})`);
  }
  const wrong = file.results.find(
    ({ name, value, why }) => typeof name !== 'string' || (value === undefined) === (why === undefined),
  );
  if (wrong !== undefined)
    throw new Error(`${path}: ${wrong.name ?? 'a result'} must have a value, or say why it has none`);
  return file;
}
