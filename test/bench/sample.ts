import type { Reading } from '../../scripts/bench/reading.js';
import { type ResultFile, resultFile } from '../../scripts/bench/result-file.js';

const MACHINE = { cpu: 'a CPU', cores: 2, ramBytes: 8 * 2 ** 30, kernel: 'linux 6' };

/** A reading for tests; `fields` replace those that do not matter. */
export function reading(fields: Partial<Reading>): Reading {
  const common = { name: 'a', title: 'A <title> & more', unit: 'µs', how: 'by hand', isExact: false };
  return { ...common, ...(fields.why === undefined && { value: 1 }), ...fields };
}

export function fileOf(readings: readonly Reading[], machine: Partial<ResultFile['machine']> = {}): ResultFile {
  const parts = {
    date: '2026-01-02T03:04:05.000Z',
    command: 'npm run bench',
    isQuick: false,
    versions: { node: '20' },
  };
  return resultFile({ ...parts, machine: { ...MACHINE, ...machine } }, readings);
}
