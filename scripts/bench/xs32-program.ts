import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../../src/core/product.js';
import { writeFirmware } from '../firmware-bundle.mjs';
import { fewJobs, manifestPath, ROOT, run, type Sdk, writePrivateJson } from '../moddable.mjs';

/** What is in the image of the bench's program, as on a chip it would be in flash. */
export interface Xs32Image {
  readonly product: Product;
  /** Base64 of DER. */
  readonly anchors: readonly string[];
  readonly updateKeys: object;
  readonly buildTimeMs: number;
  /** The whole HTTP answer to an activation, ASCII. */
  readonly activation: string;
  readonly setTopic: string;
  /** With an id that ends in seven zeros. */
  readonly setPayload: string;
}

/** More than that no build takes. */
const BUILD_MS = 400_000;
const SOURCES = join(ROOT, 'scripts/bench/xs32');
/** Of our own, beside the program itself, which is in one module with the firmware, as on a chip. */
const MODULES = { 'bench-native': 'bench-native' } as const;
/** Under the names of the SDK's modules. */
const STAND_INS = {
  'mc/config': 'config',
  'mc/ffi': 'ffi',
  'embedded:storage/flash': 'flash',
  'embedded:update': 'update',
} as const;

/**
 * Builds the firmware as a 32-bit Linux program with the SDK's own `mcconfig`: slots of 16 bytes and the memory of a chip
 * (`creation` of the ESP32's). A 32-bit GLib is not asked for: a main loop of the bench's own stands in. Returns its path.
 * @throws {Error} with the end of the build's output
 */
export async function buildXs32(sdk: Sdk, folder: string, image: Xs32Image): Promise<string> {
  mkdirSync(join(folder, 'tools'), { recursive: true });
  const pkgConfig = join(folder, 'tools', 'pkg-config');
  writeFileSync(pkgConfig, `#!/bin/sh\ncase "$1" in --cflags) echo "-I${join(SOURCES, 'include')}" ;; esac\n`);
  chmodSync(pkgConfig, 0o755);
  const deepFrozen = `const freeze = (value) => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
};
export default freeze(${JSON.stringify(image)});
`;
  writeFileSync(join(folder, 'bench-image.js'), deepFrozen);
  // The file itself is left out below, whatever the name of its module.
  copyFileSync(join(ROOT, 'src/xs/lin/ffi.ts'), join(folder, 'lin-ffi.ts'));
  const at = (name: string): string => manifestPath(folder, join(SOURCES, name));
  const { creation } = (JSON.parse(readFileSync(join(ROOT, 'manifest.json'), 'utf8')) as Manifest).platforms.esp32;
  const files = (modules: object): object =>
    Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, at(file as string)]));
  const lin = (name: string): string => manifestPath(folder, join(ROOT, 'src/xs/lin', name));
  const firmware = await writeFirmware(folder, join(SOURCES, 'main.ts'));
  writePrivateJson(join(folder, 'manifest.json'), {
    include: [manifestPath(folder, join(ROOT, 'manifest.json'))],
    modules: {
      '*': [at('event-loop'), at('bench')],
      '~': ['config', 'ffi', 'flash', 'update'].map(lin),
      'bench-image': './bench-image',
      'lin-ffi': './lin-ffi',
      ...files(MODULES),
      ...files(STAND_INS),
      ...firmware.modules,
    },
    preload: ['bench-image', 'lin-ffi', 'bench-native', ...firmware.preload],
    typescript: { tsconfig: { compilerOptions: { types: [at('bench')] } } },
    creation,
  });
  const environment = {
    ...fewJobs(sdk.environment),
    PATH: `${join(folder, 'tools')}:${sdk.environment['PATH']}`,
    // What the SDK's makefile leaves to make.
    CC: 'gcc -m32 -w',
  };
  const program = join(folder, 'bin', 'lin', 'instrument', 'smartlink');
  rmSync(program, { force: true });
  const { code, output } = await run('mcconfig', ['-i', '-o', folder, '-m', '-p', 'x-cli-lin'], {
    cwd: folder,
    environment,
    timeoutMs: BUILD_MS,
  });
  const wrong = output.split('\n').filter((line) => /error TS\d+|### (?!\d+ instances)|error: |!!/.test(line));
  if (code !== 0 || wrong.length > 0)
    throw new Error((wrong.length > 0 ? wrong : output.split('\n').slice(-12)).join('\n'));
  return program;
}

interface Manifest {
  readonly platforms: { readonly esp32: { readonly creation: object } };
}
