import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findModdable } from '../moddable.mjs';
import { writeDocs } from './docs.js';
import { thisMachine, versions } from './machine.js';
import type { BenchContext, Measure } from './measure.js';
import { MEASURES } from './measures/index.js';
import { NotMeasurable, type Reading } from './reading.js';
import { readResultFile, resultFile, writeResultFile } from './result-file.js';
import { formatResults } from './table.js';

const USAGE = `Usage: npm run bench -- [options]

Measures what the project's goals for speed and memory are about, and prints what came of it. Takes up to 15 minutes; for
wall times let the machine do nothing else.

  --only NAME,NAME    only these
  --quick             a rough look, within 2 minutes
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
    writeDocs(readResultFile(resolve(docs)));
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-bench-'));
  try {
    const sdk = findModdable();
    const xs32Folder = resolve(options.xs32 ?? join(folder, 'xs32'));
    const readings = await measureAll(options.measures, {
      isQuick: options.quick,
      sdk,
      folder,
      xs32Folder,
      progress: (text) => process.stderr.write(`  ${text} …\n`),
      verbose: (text) => {
        if (options.verbose) process.stdout.write(`${text}\n\n`);
      },
    });
    const command = ['npm run bench', ...(args.length > 0 ? ['--', ...withoutPaths(args)] : [])].join(' ');
    const parts = { date: new Date().toISOString(), command, isQuick: options.quick };
    const file = resultFile({ ...parts, machine: thisMachine(), versions: versions(sdk?.home) }, readings);
    process.stdout.write(`${formatResults(file.results)}\n`);
    if (options.out !== undefined) writeResultFile(resolve(options.out), file);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(measures: readonly Measure[], context: BenchContext): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const measure of measures) {
    const startedMs = performance.now();
    process.stderr.write(`${measure.name}: ${measure.about}\n`);
    try {
      readings.push(...(await measure.run(context)));
    } catch (error) {
      const why = error instanceof NotMeasurable ? error.message : `failed: ${(error as Error).message}`;
      process.stderr.write(`  ${why}\n`);
      readings.push(...measure.readings.map((reading) => ({ ...reading, why: why.split('\n')[0]! })));
    }
    process.stderr.write(`  ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
  }
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
  const names = values.only?.split(',') ?? MEASURES.map(({ name }) => name);
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
