import { compareResults, formatDifferences } from './compare-results.js';
import { readResultFile } from './result-file.js';

const USAGE = `Usage: node scripts/bench/compare.mjs BEFORE.json NOW.json [--any-machine]

Compares two results of \`npm run bench -- --out FILE\`. Of an exact counter any change counts, of a time what is beyond the
noise of its rounds; with a peer it is the ratio that is compared. Times of different machines are refused without --any-machine.
Exit code: 0 nothing got worse, 1 something did, 2 the files cannot be compared.
`;

/** The program behind `compare.mjs`; returns its exit code. */
export function compareFiles(
  args: readonly string[],
  write: (text: string) => void,
  warn: (text: string) => void,
): number {
  const anyMachine = args.includes('--any-machine');
  const files = args.filter((arg) => arg !== '--any-machine');
  if (files.includes('--help')) {
    write(USAGE);
    return 0;
  }
  const [before, now] = files;
  if (before === undefined || now === undefined || files.length > 2) {
    warn(USAGE);
    return 2;
  }
  try {
    const differences = compareResults(readResultFile(before), readResultFile(now), anyMachine);
    write(`${formatDifferences(differences)}\n`);
    const others = differences.filter(({ judgement }) => judgement === 'other machine').length;
    if (others > 0) {
      warn(
        `${others} times are of different machines and were not compared: measure both on one, or give --any-machine.\n`,
      );
      return 2;
    }
    return differences.some(({ judgement }) => judgement === 'worse') ? 1 : 0;
  } catch (error) {
    warn(`compare: ${(error as Error).message}\n`);
    return 2;
  }
}
