import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { loadProduct } from '../../../host-sim/products/load.js';
import { makeStandIn, romSize } from '../../check-xs.mjs';
import { fewJobs, intermediateFolder, run, writeBuild } from '../../moddable.mjs';
import type { BenchContext, Measure } from '../measure.js';
import { NotMeasurable, type Reading } from '../reading.js';
import { readRom } from '../rom-image.js';

const TARGET = 'esp32';
const KB = 1_024;
/** More than that no build takes. */
const BUILD_MS = 300_000;

const ROM: Reading = {
  name: 'rom.image',
  title: 'The linked XS image of the whole firmware, a product included',
  unit: 'KB',
  how: 'the tables of the ESP32’s image, `gcc -m32 -Os`',
  isExact: true,
  peer: { name: 'the SDK’s modules alone (figure of the specification)', value: 253, isQuoted: true },
  goal: { number: 5, of: 'value', limit: 330 },
};
const APPLICATION: Reading = {
  name: 'rom.application',
  title: 'The application image for a chip',
  unit: 'KB',
  how: 'built with ESP-IDF',
  isExact: false,
  goal: { number: 5, of: 'value', limit: 1_700 },
};

/** Goal 5, and whose what is in the image. */
export const rom: Measure = {
  name: 'rom',
  about: 'flash of the linked image, by module (--verbose)',
  readings: [ROM, APPLICATION],
  async run({ sdk, folder, progress, verbose }: BenchContext) {
    if (sdk === undefined) throw new NotMeasurable('$MODDABLE does not name a Moddable SDK');
    progress('linking the image for an ESP32');
    const [idf, application, output] = ['idf', 'rom', 'rom-output'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await makeStandIn(idf);
    mkdirSync(application);
    mkdirSync(output);
    const settings = { environment: { name: 'dev', apiUrl: 'http://127.0.0.1:8080' } };
    const platform = await writeBuild(application, TARGET, {
      product: loadProduct('SW-SERVO-001'),
      settings,
      buildTimeMs: 0,
    });
    const intermediates = intermediateFolder(output, TARGET);
    const image = join(intermediates, 'mc.xs.c');
    const environment = {
      ...fewJobs(sdk.environment),
      IDF_PATH: idf,
      PATH: [idf, sdk.environment['PATH']].join(delimiter),
    };
    const linked = await run('mcconfig', ['-o', output, '-m', '-p', platform, '-t', image], {
      cwd: application,
      environment,
      timeoutMs: BUILD_MS,
    });
    if (!existsSync(image)) throw new Error(linked.output.split('\n').slice(-12).join('\n'));
    const { modules, kinds } = readRom(readFileSync(image, 'latin1'));
    verbose(formatRom(modules, kinds));
    const bytes = await romSize(sdk, intermediates, folder);
    const kb = (count: number): number => Math.round((10 * count) / KB) / 10;
    const detail = Object.fromEntries(modules.slice(0, 8).map(({ name, bytes }) => [name, kb(bytes)]));
    return [
      bytes === undefined
        ? { ...ROM, why: 'no compiler for 32 bits (gcc-multilib)' }
        : { ...ROM, value: kb(bytes), detail: { bytes, ...detail } },
      { ...APPLICATION, why: 'that takes ESP-IDF and its compiler: `npm run build:esp32`' },
    ];
  },
};

function formatRom(
  modules: readonly { name: string; slots: number; otherBytes: number; bytes: number }[],
  kinds: readonly { kind: string; slots: number }[],
): string {
  const cell = (value: number | string): string => String(value).padStart(9);
  return [
    `${cell('bytes')}${cell('slots')}${cell('text')}  module (slots of 16 bytes; text: byte codes and strings)`,
    ...modules.map(({ name, slots, otherBytes, bytes }) => `${cell(bytes)}${cell(slots)}${cell(otherBytes)}  ${name}`),
    `${cell('slots')}  kind`,
    ...kinds.map(({ kind, slots }) => `${cell(slots)}  ${kind}`),
  ].join('\n');
}
