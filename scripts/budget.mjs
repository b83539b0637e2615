// Prints what the firmware costs on XS beside what is stored in test/xs/budget.json; `--write` stores it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = 'test/xs/budget.json';
process.chdir(root);

const entry = `export { measureBudget } from './test/xs/measure.js';
export { compareBudget, formatBudget } from './test/xs/compare-budget.js';
export { findXsEngine } from './host-sim/xs/engine.js';`;
await build({
  stdin: { contents: entry, resolveDir: root, loader: 'ts' },
  bundle: true,
  outfile: 'dist/budget.mjs',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { measureBudget, compareBudget, formatBudget, findXsEngine } = await import('../dist/budget.mjs');
if (findXsEngine() === undefined) {
  console.error('The XS engine is not there: install a C compiler and make, then run `npm install @agoric/xsnap`.');
  process.exit(1);
}

const now = await measureBudget();
const lines = compareBudget(readStored(), now);
console.log(formatBudget(lines));
if (process.argv.includes('--write')) {
  writeFileSync(file, `${JSON.stringify(now, undefined, 2)}\n`);
  console.log(`Stored in ${file}.`);
} else if (lines.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;

function readStored() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
