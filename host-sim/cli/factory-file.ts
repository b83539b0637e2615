import { type FactoryRecord, factoryRecord } from '../../src/records/factory-record.js';
import { createNodeText } from '../host/node-text.js';
import { CliError } from './cli-error.js';
import { readGiven } from './given-file.js';

/** The factory record in a file that `smartlink factory` wrote. @throws {CliError} `bad_factory_record` */
export function readFactoryFile(path: string): FactoryRecord {
  const bytes = readGiven('--factory', 'bad_factory_record', path);
  const storage = { read: () => bytes, write: () => {}, delete: () => {} };
  const record = factoryRecord(storage, createNodeText()).read();
  if (record !== undefined) return record;
  throw new CliError(
    'bad_factory_record',
    `--factory ${path} is no factory record: give the .bin that "smartlink factory" wrote.`,
    2,
  );
}
