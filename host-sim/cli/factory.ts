import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { FACTORY_RECORD, factoryRecord } from '../../src/records/factory-record.js';
import { makeFolder } from '../files/files.js';
import { MemoryStorage } from '../host/memory-storage.js';
import { createNodeText } from '../host/node-text.js';
import { CliError } from './cli-error.js';
import { paint, writeJson } from './console.js';
import { labelFor, makeFactoryRecord } from './label.js';
import { labelSvg, labelText } from './label-files.js';
import { dataFolder, SERIAL } from './options.js';

interface Flags {
  readonly sn: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Where the factory's partition is in the flash (`src/xs/esp32/partitions.csv`). */
export const FACTORY_OFFSET = '0x1D000';

/** `smartlink factory`: what a factory gives to one board, and what it writes on it. */
export function factoryCommand(): Command {
  return new Command('factory')
    .description('Makes the factory record of one board, to be flashed, and its label.')
    .requiredOption('--sn <serial>', 'serial number of the board')
    .option('--out <dir>', 'folder to write to', dataFolder, './factory')
    .option('--json', 'one JSON object a line on stdout, logs on stderr')
    .addHelpText('after', '\nExample:\n  smartlink factory --sn 24A160C0FFEE --out ./factory')
    .action(run);
}

function run({ sn, out, json }: Flags): void {
  if (!SERIAL.test(sn)) {
    throw new CliError('bad_serial', '--sn must be 1 to 64 letters, digits, "-" or "_".', 2);
  }
  const made = makeFactoryRecord(sn);
  const flash = new MemoryStorage();
  factoryRecord(flash, createNodeText()).write(made);
  const label = labelFor(made);
  const files = {
    record: { path: join(out, `${sn}.bin`), content: flash.read(FACTORY_RECORD)! },
    labelText: { path: join(out, `${sn}.txt`), content: labelText(label) },
    labelSvg: { path: join(out, `${sn}.svg`), content: labelSvg(label) },
  };
  makeFolder(out);
  writeAll(Object.values(files));
  const paths = { record: files.record.path, labelText: files.labelText.path, labelSvg: files.labelSvg.path };
  if (json) {
    writeJson(process.stdout, { event: 'factory', deviceSN: sn, ssid: label.ssid, offset: FACTORY_OFFSET, ...paths });
    return;
  }
  process.stdout.write(
    `\n  Record  ${paths.record}\n  Label   ${paths.labelText}\n          ${paths.labelSvg}\n\n` +
      `  Whoever reads one of them can take the board over: keep them as you would keep keys.\n` +
      `  Flash it, before the board’s first boot:\n\n` +
      `  ${paint(process.stdout, 'cyan', `esptool.py write_flash ${FACTORY_OFFSET} ${paths.record}`)}\n\n`,
  );
}

/** All of them, or none. @throws {CliError} where one of them is there already */
function writeAll(files: readonly { readonly path: string; readonly content: string | Uint8Array }[]): void {
  const taken = files.find(({ path }) => existsSync(path));
  if (taken !== undefined) {
    throw new CliError(
      'exists',
      `${taken.path} exists: a board has one proof of possession for life. Remove it if its board was never flashed, or choose another folder with --out.`,
    );
  }
  const written: string[] = [];
  try {
    for (const { path, content } of files) {
      writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw error;
  }
}
