import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findModdable } from '../moddable.mjs';
import { writeDocs } from './docs.js';
import { thisMachine, versions } from './machine.js';
import { type BenchContext, FAILED, type Measure, orWhy } from './measure.js';
import { MEASURES } from './measures/index.js';
import type { Reading } from './reading.js';
import { type ResultFile, readResultFile, resultFile, writeResultFile } from './result-file.js';
import { formatResults } from './table.js';

/** What a rough look has no time for. */
const SLOW = ['rom', 'xs32'];

const USAGE = `Usage: npm run bench -- [options]

Measures what the project's goals for speed and memory are about, and prints what came of it. Takes up to 15 minutes; for
wall times let the machine do nothing else.

  --only NAME,NAME    only these
  --quick             a rough look, within 2 minutes; leaves out rom, and xs32 without --xs32
  --out FILE          writes the results as JSON
  --verbose           prints what is behind a figure: the image by module, instructions by function
  --xs32 DIR          keeps the build of the 32-bit XS there, and uses what is there
  --write-docs FILE   measures nothing; writes docs/benchmarks.md and .svg from a result file
  --list              names what can be measured
  --help              this text

${MEASURES.map(({ name, about }) => `  ${name.padEnd(16)}${about}`).join('\n')}

Examples:
  npm run bench
  npm run bench -- --only xs,rom --verbose --out now.json
  node scripts/bench/compare.mjs before.json now.json
`;

/** The program behind `npm run bench`; resolves to its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    return 2;
  }
  if (options.help || options.list) {
    process.stdout.write(options.help ? USAGE : `${MEASURES.map(({ name }) => name).join('\n')}\n`);
    return 0;
  }
  const docs = options['write-docs'];
  if (docs !== undefined) {
    let file: ResultFile;
    try {
      file = readResultFile(resolve(docs));
    } catch (error) {
      process.stderr.write(`bench: --write-docs: ${(error as Error).message}\n`);
      return 2;
    }
    writeDocs(file);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-bench-'));
  try {
    const sdk = findModdable();
    const command = ['npm run bench', ...(args.length > 0 ? ['--', ...withoutPaths(args)] : [])].join(' ');
    const parts = { date: new Date().toISOString(), command, isQuick: options.quick };
    const found = { ...parts, machine: thisMachine(), versions: versions(sdk?.home) };
    const context: BenchContext = {
      isQuick: options.quick,
      sdk,
      folder,
      xs32Folder: resolve(options.xs32 ?? join(folder, 'xs32')),
      progress: (text) => process.stderr.write(`  ${text} …\n`),
      verbose: (text) => {
        if (options.verbose) process.stdout.write(`${text}\n\n`);
      },
    };
    const readings: Reading[] = [];
    for (const measure of options.measures) {
      readings.push(...(await measureOne(measure, context)));
      // After each: what is there stays, whatever becomes of the rest.
      if (options.out !== undefined) writeResultFile(resolve(options.out), resultFile(found, readings));
    }
    const { results } = resultFile(found, readings);
    process.stdout.write(`${formatResults(results)}\n`);
    return results.some(({ why }) => why?.startsWith(FAILED)) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureOne(measure: Measure, context: BenchContext): Promise<readonly Reading[]> {
  const startedMs = performance.now();
  process.stderr.write(`${measure.name}: ${measure.about}\n`);
  const readings = await orWhy(measure.readings, () => measure.run(context));
  process.stderr.write(`  ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
  return readings;
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      xs32: { type: 'string' },
      'write-docs': { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const isLeftOut = (name: string): boolean =>
    values.quick && SLOW.includes(name) && !(name === 'xs32' && values.xs32 !== undefined);
  const names = values.only?.split(',') ?? MEASURES.map(({ name }) => name).filter((name) => !isLeftOut(name));
  const measures = names.map((name) => {
    const measure = MEASURES.find((one) => one.name === name);
    if (measure === undefined) {
      throw new Error(`--only: there is no ${name}; there are ${MEASURES.map((one) => one.name).join(', ')}`);
    }
    return measure;
  });
  return { ...values, measures };
}

/** The command for others: where this machine keeps files is nobody's business. */
function withoutPaths(args: readonly string[]): string[] {
  return args.map((arg, index) =>
    /^--(out|xs32)$/.test(args[index - 1] ?? '') ? 'FILE' : arg.replace(/^(--(?:out|xs32))=.*/, '$1=FILE'),
  );
}
