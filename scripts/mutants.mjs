// Breaks the firmware on purpose, one way at a time, and counts the seeds until some promise of the virtual world notices.
//
//   node scripts/mutants.mjs                  all of scripts/mutations.mjs, up to 200 seeds each; writes docs/mutants.md
//   node scripts/mutants.mjs --only NAME,…    some of them; writes nothing
//   node scripts/mutants.mjs --seeds N        another number of seeds
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { MUTATIONS } from './mutations.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const TABLE = join(ROOT, 'docs/mutants.md');

/** Builds the worker of worlds with one passage of the firmware replaced. @throws {Error} where it does not stand there just once */
export async function buildMutant({ file, find, replace }, folder) {
  const path = join(ROOT, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) throw new Error(`${file} does not hold this just once: ${find}`);
  const mutate = {
    name: 'mutate',
    setup: (plugin) =>
      plugin.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
        loaded === path ? { contents: source.replace(find, () => replace), loader: 'ts' } : undefined,
      ),
  };
  const common = { bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' };
  const entry = (name, outfile, external = []) =>
    build({
      ...common,
      logLevel: 'silent',
      entryPoints: [join(ROOT, 'host-sim/simulation', name)],
      outfile: join(folder, outfile),
      external,
      plugins: [mutate],
    });
  // What the bundle imports is found from where it stands.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await Promise.all([entry('worker.ts', 'world-worker.js', ['./serve.js']), entry('serve.ts', 'serve.js')]);
  return join(folder, 'world-worker.js');
}

/** Runs seeds, the mutation's scenarios in turn, until a promise is broken; `undefined` where none is. */
async function findMutant(mutation, mostSeeds) {
  const folder = mkdtempSync(join(ROOT, 'dist/mutant-'));
  let child;
  try {
    child = fork(await buildMutant(mutation, folder), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ask = (job) =>
      new Promise((done, failed) => {
        child.once('message', done);
        child.once('exit', (code) => failed(new Error(`the worker ended (${code})`)));
        child.send(job);
      });
    for (let seed = 1; seed <= mostSeeds; seed++) {
      const { scenarios } = mutation;
      const scenario = scenarios[(seed - 1) % scenarios.length];
      const result = await ask({ scenario, seed });
      child.removeAllListeners('exit');
      if (result.error) throw new Error(result.error);
      if (result.broken) return { scenario, seed, ...result.broken };
    }
    return undefined;
  } finally {
    child?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function table(rows) {
  const lines = rows.map(({ mutation, found }) => {
    const how = found ? `\`${found.promise}\` | ${found.scenario}, seed ${found.seed}` : '**not found** |';
    return `| ${mutation.name} | \`${mutation.file}\` | ${how} |`;
  });
  return [
    '# Mutants',
    '',
    'The firmware, broken on purpose one way at a time, and the promise of the virtual world that noticed. Written by',
    '`node scripts/mutants.mjs`; the list is `scripts/mutations.mjs`.',
    '',
    '| what is broken | where | noticed by | in |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, seeds: { type: 'string' }, jobs: { type: 'string' } },
  });
  const only = values.only?.split(',');
  const mutations = MUTATIONS.filter(({ name }) => !only || only.some((part) => name.includes(part)));
  const mostSeeds = Number(values.seeds ?? 200);
  const rows = [];
  const todo = [...mutations];
  const work = async () => {
    for (let mutation = todo.shift(); mutation; mutation = todo.shift()) {
      const found = await findMutant(mutation, mostSeeds);
      rows.push({ mutation, found });
      const how = found ? `${found.promise} (${found.scenario}, seed ${found.seed}): ${found.sentence}` : 'NOT FOUND';
      console.log(`${String(rows.length).padStart(3)}/${mutations.length} ${mutation.name}: ${how}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs ?? availableParallelism()) }, work));
  rows.sort((a, b) => mutations.indexOf(a.mutation) - mutations.indexOf(b.mutation));
  if (!only) writeFileSync(TABLE, table(rows));
  if (rows.some(({ found }) => !found)) process.exitCode = 1;
}

if (import.meta.filename === process.argv[1]) await main();
