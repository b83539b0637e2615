import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { FACTORY_RECORD, factoryRecord } from '../../src/records/factory-record.js';
import { makeFolder } from '../files/files.js';
import { MemoryStorage } from '../host/memory-storage.js';
import { createNodeText } from '../host/node-text.js';
import { CliError } from './cli-error.js';
import { paint, writeJson } from './console.js';
import { type FactoryRequest, type Given, partsFor } from './factory-parts.js';
import { labelFor, makeFactoryRecord } from './label.js';
import { labelSvg, labelText } from './label-files.js';
import { writeNew } from './new-file.js';
import { dataFolder, SERIAL } from './options.js';

interface Flags extends FactoryRequest {
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
    .option('--product <key>', 'registers the board at a cloud that is not running, and gives it a client certificate')
    .option('--data <dir>', 'folder of that cloud', dataFolder, './.smartlink')
    .option('--product-secret-file <file>', 'secret of the product at another cloud: gives the board its board key')
    .option('--json', 'one JSON object a line on stdout, logs on stderr')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink factory --sn 24A160C0FFEE --out ./factory\n  smartlink factory --sn 24A160C0FFEE --product SW-SERVO-001 --data ./.smartlink',
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { sn, out, json } = flags;
  if (!SERIAL.test(sn)) {
    throw new CliError('bad_serial', '--sn must be 1 to 64 letters, digits, "-" or "_".', 2);
  }
  const paths = {
    record: join(out, `${sn}.bin`),
    labelText: join(out, `${sn}.txt`),
    labelSvg: join(out, `${sn}.svg`),
  };
  refuseTaken(Object.values(paths));
  const { parts, ...told } = await partsFor(flags);
  const made = { ...makeFactoryRecord(sn), ...parts };
  const flash = new MemoryStorage();
  factoryRecord(flash, createNodeText()).write(made);
  const label = labelFor(made);
  prepare(out);
  writeAll([
    [paths.record, flash.read(FACTORY_RECORD)!],
    [paths.labelText, labelText(label)],
    [paths.labelSvg, labelSvg(label)],
  ]);
  if (json) {
    const board = { deviceSN: sn, ssid: label.ssid, ...told };
    writeJson(process.stdout, { event: 'factory', ...board, offset: FACTORY_OFFSET, ...paths });
    return;
  }
  process.stdout.write(
    `\n  Record  ${paths.record}\n  Label   ${paths.labelText}\n          ${paths.labelSvg}\n${describe({ parts, ...told })}\n` +
      `  Whoever reads one of them can take the board over: keep them as you would keep keys.\n` +
      `  Flash it, before the board’s first boot:\n\n` +
      `  ${paint(process.stdout, 'cyan', `esptool.py write_flash ${FACTORY_OFFSET} ${paths.record}`)}\n\n`,
  );
}

/** What there is beside the label, for a person. */
function describe({ parts, deviceId, certificate }: Given): string {
  const lines = [
    ...(deviceId === undefined ? [] : [`Device  ${deviceId}`]),
    ...(certificate === undefined ? [] : [`Inside  client certificate ${certificate}, its key, and the cloud’s CA`]),
    ...(parts.boardKey === undefined ? [] : ['Inside  the board key, with which it signs its activation']),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

/** @throws {CliError} where one of them is there already */
function refuseTaken(paths: readonly string[]): void {
  const taken = paths.find((path) => existsSync(path));
  if (taken === undefined) return;
  throw new CliError(
    'exists',
    `${taken} exists: a board has one proof of possession for life. Remove it if its board was never flashed, or choose another folder with --out.`,
  );
}

/** @throws {CliError} where there cannot be such a folder */
function prepare(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError('not_written', `${folder} cannot be made a folder (${code}): choose another with --out.`);
  }
}

/** All of them, or none. @throws {CliError} */
function writeAll(files: readonly (readonly [path: string, content: string | Uint8Array])[]): void {
  const written: string[] = [];
  try {
    for (const [path, content] of files) {
      writeNew(path, content);
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw error;
  }
}
