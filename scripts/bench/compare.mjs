// Compares two result files of `npm run bench`; see --help.
import { load } from './run.mjs';

const { compareFiles } = await load('compare-main.ts');
process.exitCode = compareFiles(
  process.argv.slice(2),
  (text) => process.stdout.write(text),
  (text) => process.stderr.write(text),
);
