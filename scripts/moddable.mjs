/** What the scripts for the Moddable SDK share: finding it, and a build's stages. */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { writeFirmware } from './firmware-bundle.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Folder of each target's manifest. They stand in for the SDK's own target folders, which would bring a button driver and,
 * on some, a NeoPixel animation along (docs/adr/0002-moddable-build.md).
 */
export const TARGETS = Object.freeze({
  esp32: 'src/xs/esp32/targets/esp32',
  esp32c3: 'src/xs/esp32/targets/esp32c3',
  esp32s3: 'src/xs/esp32/targets/esp32s3',
});

/** Two sentences for a machine that lacks something: what, and how to get it. */
export const HOW_TO_INSTALL = howToInstall('The Moddable SDK', '$MODDABLE');

export function howToInstall(what, variable) {
  return (
    `${what} is not installed (or ${variable} does not name it). Install it with ` +
    '`npm i -g xs-dev && xs-dev setup && xs-dev setup --device esp32`, then open a new terminal and try again.'
  );
}

/** The SDK: its folder, and an environment in which its tools and our own tsc are found; `undefined` without an SDK. */
export function findModdable(environment = process.env) {
  const home = environment.MODDABLE;
  if (!home) return undefined;
  const bin = join(
    home,
    'build',
    'bin',
    { linux: 'lin', darwin: 'mac', win32: 'win' }[process.platform] ?? 'lin',
    'release',
  );
  const path = [join(ROOT, 'node_modules', '.bin'), bin, environment.PATH ?? ''].join(delimiter);
  const mcconfig = path.split(delimiter).some((folder) => isExecutable(join(folder, 'mcconfig')));
  return mcconfig ? { home, environment: { ...environment, MODDABLE: home, PATH: path } } : undefined;
}

/** The environment for `mcconfig -m` with a job a core: the SDK's makefiles start all jobs at once. */
export function fewJobs(environment) {
  return { ...environment, MAKEFLAGS: `-- MAKEFLAGS=-sj${availableParallelism()}` };
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program to its end, or kills it after `timeoutMs`; its output is collected, and shown as it comes where `show` is set. */
export function run(command, args, { cwd = ROOT, environment = process.env, show = false, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
  });
}

/** A folder in the system's temporary directory for the length of `work`. */
export async function withTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-xs-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes JSON that may hold secrets: readable by its owner alone, whatever was there before. */
export function writePrivateJson(file, value) {
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Path for a manifest: relative, with slashes. */
export function manifestPath(from, to) {
  const path = relative(from, to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/**
 * Writes what mcconfig builds into `folder`: the program `main` (a file below `src`), and the manifest with what this build
 * fixes (`config`). Returns the platform argument for mcconfig, to be run in `folder`.
 */
export async function writeBuild(folder, target, config, { main = 'main.ts', debug = false } = {}) {
  writePrivateJson(join(folder, 'manifest.json'), {
    include: [manifestPath(folder, join(ROOT, 'manifest.json'))],
    config,
    ...(await writeFirmware(folder, join(ROOT, 'src', main), { debug })),
  });
  if (target === 'x-cli-lin') return target;
  // mcconfig lower-cases its argument, so a path has to be relative and in lower case.
  return `esp32:${manifestPath(folder, join(ROOT, TARGETS[target]))}`;
}

/** Where mcconfig puts the intermediate files of a build below its `-o` folder. */
export function intermediateFolder(output, target, mode = 'release') {
  const platform = target === 'x-cli-lin' ? 'lin' : `esp32/${target}`;
  return join(output, 'tmp', platform, mode, 'smartlink');
}

/** Where mcconfig puts what is flashed, below its `-o` folder: `xs_esp32.bin`, `bootloader.bin`, `partition-table.bin`, `ota_data_initial.bin`. */
export function imageFolder(output, target, mode = 'release') {
  return join(output, 'bin', 'esp32', target, mode, 'smartlink');
}

/** The functions of `host-sim/products/load.ts`. */
export async function productLoader() {
  return await importTypeScript(`export * from './host-sim/products/load.js'`);
}

/** What a module of TypeScript with this text, at the root of the project, exports: bundled on the fly. */
export async function importTypeScript(contents) {
  return await withTemporaryFolder(async (folder) => {
    const outfile = join(folder, 'module.mjs');
    await build({
      stdin: { contents, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
      // Bundled CommonJS packages ask for `require`.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return await import(pathToFileURL(outfile).href);
  });
}
