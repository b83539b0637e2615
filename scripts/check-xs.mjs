/**
 * `npm run check:xs`: type-checks, compiles and links the firmware for every target with the Moddable SDK, without ESP-IDF
 * and without a cross compiler, and prints the size of each ROM. Any type error or linker warning is a failure.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findModdable,
  HOW_TO_INSTALL,
  intermediateFolder,
  productLoader,
  ROOT,
  run,
  TARGETS,
  withTemporaryFolder,
  writeBuild,
} from './moddable.mjs';

const USAGE = `Usage: npm run check:xs -- [target ...]

Type-checks, compiles and links the firmware with the Moddable SDK ($MODDABLE), as far as that goes without ESP-IDF.
Targets: ${[...Object.keys(TARGETS), 'x-cli-lin'].join(', ')} (default: all).

  --lin-program DIR  only build the Linux command-line program into DIR (see docs/add-a-platform.md)
  --tls-probe DIR    the same, but a TLS client for tests (src/xs/lin/tls-probe.ts)
  --help             this text

Examples:
  npm run check:xs
  npm run check:xs -- esp32c3
`;

/** A product for the image's config: its size counts. */
const SAMPLE_PRODUCT = 'SW-SERVO-001';

function fail(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** What is `main` in a Linux program, below `src`. */
const LIN_PROGRAMS = Object.freeze({ '--lin-program': 'main.ts', '--tls-probe': 'xs/lin/tls-probe.ts' });

/** A folder that passes for ESP-IDF as far as the XS stages look: a tagged repository, and an `idf.py` that makes one header. */
export async function makeStandIn(folder) {
  mkdirSync(folder);
  const git = [
    '-c',
    'user.email=nobody@localhost',
    '-c',
    'user.name=nobody',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'tag.gpgsign=false',
  ];
  for (const args of [
    ['init', '-q'],
    [...git, 'commit', '-q', '--allow-empty', '-m', 'x'],
    [...git, 'tag', '-a', '-m', 'x', 'v6.0'],
  ]) {
    const { code, output } = await run('git', args, { cwd: folder });
    if (code !== 0) throw new Error(`git ${args.at(-1)}: ${output}`);
  }
  writeFileSync(join(folder, 'idf.py'), '#!/bin/sh\nmkdir -p build/config && : > build/config/sdkconfig.h\n', {
    mode: 0o755,
  });
}

/** Bytes of the linked XS image on a 32-bit chip, by compiling its tables with `gcc -m32`; `undefined` where that cannot be done. */
export async function romSize(sdk, intermediates, folder) {
  const stub = join(folder, 'stub', 'gnu');
  mkdirSync(stub, { recursive: true });
  writeFileSync(join(stub, 'stubs-32.h'), '');
  const object = join(folder, 'mc.o');
  const { home } = sdk;
  const include = ['platforms', 'includes', 'sources'].map((name) => `-I${join(home, 'xs', name)}`);
  const flags = [
    '-m32',
    '-Os',
    '-c',
    '-w',
    '-fno-pie',
    `-I${join(folder, 'stub')}`,
    '-idirafter',
    '/usr/include/x86_64-linux-gnu',
  ];
  const defines = ['-DINCLUDE_XSPLATFORM=1', '-DXSPLATFORM="wasm_xs.h"'];
  const source = join(intermediates, 'mc.xs.c');
  try {
    const compiled = await run('gcc', [...flags, `-I${intermediates}`, ...include, ...defines, source, '-o', object]);
    if (compiled.code !== 0) return undefined;
    const { code, output } = await run('size', [object]);
    const [text, data] = output.trim().split('\n').at(-1).trim().split(/\s+/).map(Number);
    return code === 0 && Number.isFinite(text + data) ? text + data : undefined;
  } catch {
    return undefined;
  }
}

/** What can be read from the image's C source without a compiler: its tables and byte codes, without the strings. */
function tableSize(intermediates) {
  const source =
    readFileSync(join(intermediates, 'mc.xs.c'), 'utf8') + readFileSync(join(intermediates, 'mc.xs.h'), 'utf8');
  const count = (name) => Number(new RegExp(`#define ${name} (\\d+)`).exec(source)?.[1] ?? 0);
  let bytes = 16 * (count('mxHeapCount') + count('mxStackCount')) + 4 * count('mxKeysCount');
  for (const [, length] of source.matchAll(/static const txU1 gxCode\d+\[(\d+)\]/g)) bytes += Number(length);
  return bytes;
}

/** Problems in the output of a build. */
function problems(code, output) {
  const lines = output.split('\n');
  // Not ours, and not a linker warning: xsc cannot optimise a native in the SDK's own module.
  const found = lines.filter((line) =>
    /^### (?!\d+ instances)|error TS\d+|# typescript compile failure|error: |!!/.test(line),
  );
  if (found.length === 0 && code !== 0) return lines.slice(-20);
  return found;
}

/** What the image must not hold: see docs/adr/0002-moddable-build.md. */
function regExpsInFlash(intermediates) {
  const count = readFileSync(join(intermediates, 'mc.xs.c'), 'utf8').split('.kind = XS_REGEXP_KIND').length - 1;
  return count === 0
    ? []
    : [`${count} regular expressions are constants of modules: XS crashes on them; write each where it is used`];
}

/** Before anything is compiled: what mcconfig gets has no types any more. */
async function typeCheck() {
  const { code, output } = await run(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', join(ROOT, 'src')]);
  if (code !== 0) process.stderr.write(output);
  return code === 0;
}

async function checkTarget(sdk, target, folder, config) {
  const started = performance.now();
  const application = join(folder, target);
  const output = join(folder, `${target}-output`);
  mkdirSync(application);
  mkdirSync(output);
  const platform = await writeBuild(application, target, config);
  const intermediates = intermediateFolder(output, target);
  const idf = join(folder, 'idf');
  const environment = { ...sdk.environment, IDF_PATH: idf, PATH: `${idf}:${sdk.environment.PATH}` };
  const args = ['-o', output, '-m', '-p', platform, '-t', join(intermediates, 'mc.xs.c')];
  const { code, output: log } = await run('mcconfig', args, { cwd: application, environment });
  const found = problems(code, log);
  const linked = existsSync(join(intermediates, 'mc.xs.c'));
  if (found.length === 0 && !linked) found.push('no image was linked');
  if (linked) found.push(...regExpsInFlash(intermediates));
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  process.stdout.write(`${target}: ${found.length === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
  for (const line of found) process.stderr.write(`  ${line}\n`);
  if (found.length > 0) return { target, ok: false };
  const measured = target === 'x-cli-lin' ? undefined : await romSize(sdk, intermediates, folder);
  return { target, ok: true, measured, tables: tableSize(intermediates) };
}

async function main(args) {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const known = [...Object.keys(TARGETS), 'x-cli-lin'];
  const isProgram = Object.hasOwn(LIN_PROGRAMS, args[0] ?? '');
  const program = isProgram ? args[1] : undefined;
  const wanted = isProgram ? args.slice(2) : args;
  const wrong = wanted.find((name) => !known.includes(name)) ?? (isProgram && !program ? args[0] : undefined);
  if (wrong !== undefined) fail(`check:xs: ${wrong} is not understood; see --help.`, 2);
  const sdk = findModdable();
  if (!sdk) {
    if (process.env.MODDABLE)
      fail(`check:xs: $MODDABLE is ${process.env.MODDABLE}, but mcconfig is not there. ${HOW_TO_INSTALL}`, 1);
    process.stdout.write(`check:xs skipped. ${HOW_TO_INSTALL}\n`);
    return 0;
  }
  const { loadProduct } = await productLoader();
  const config = {
    product: loadProduct(SAMPLE_PRODUCT),
    settings: { environment: { name: 'dev', apiUrl: 'http://127.0.0.1:8080' } },
    buildTimeMs: 0,
  };
  if (program) return await buildLinProgram(sdk, resolve(program), LIN_PROGRAMS[args[0]]);
  if (!(await typeCheck())) return 1;
  return await withTemporaryFolder(async (folder) => {
    await makeStandIn(join(folder, 'idf'));
    const results = [];
    for (const target of wanted.length > 0 ? wanted : known) {
      process.stdout.write(`${target}: compile, link …\n`);
      results.push(await checkTarget(sdk, target, folder, config));
    }
    report(results);
    return results.every(({ ok }) => ok) ? 0 : 1;
  });
}

function report(results) {
  const sized = results.filter(({ ok, target }) => ok && target !== 'x-cli-lin');
  if (sized.length === 0) return;
  process.stdout.write('\ntarget       XS ROM, bytes\n');
  for (const { target, measured, tables } of sized) {
    const size =
      measured === undefined ? `over ${tables} (tables and code; no 32-bit compiler to count the strings)` : measured;
    process.stdout.write(`${target.padEnd(12)} ${size}\n`);
  }
}

/** A Linux program over the adapters: real sockets, the rest as fakes. */
async function buildLinProgram(sdk, folder, main) {
  mkdirSync(folder, { recursive: true });
  const platform = await writeBuild(folder, 'x-cli-lin', {}, { main });
  const { code, output } = await run('mcconfig', ['-o', folder, '-m', '-p', platform], {
    cwd: folder,
    environment: sdk.environment,
  });
  const found = problems(code, output);
  if (found.length > 0) fail(found.join('\n'), 1);
  process.stdout.write(`${join(folder, 'bin', 'lin', 'release', 'smartlink')}\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
