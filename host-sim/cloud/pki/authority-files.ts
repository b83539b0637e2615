import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivateFiles } from '../data-directory.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudStartError } from '../errors.js';
import { Authority } from './authority.js';

/** Key and certificates of the authority, in the data directory. */
const AUTHORITY_FILE = 'ca.key';
/** Its certificate alone: what boards and clients are given to trust. */
export const CA_FILE = 'ca.pem';

/** Where an authority's own certificate can be read, as long as its cloud runs. */
export interface OpenAuthority {
  readonly authority: Authority;
  readonly caFile: string;
  /** Removes what was made for this run alone. May be called twice. */
  close(): void;
}

/**
 * The authority of a data directory, made at first start; without a directory one that ends with this run.
 * @throws CloudStartError `data_dir_corrupt`, `data_dir_unwritable`
 */
export function openAuthority(directory: PrivateFiles | undefined, environment: CloudEnvironment): OpenAuthority {
  if (directory === undefined) return temporaryAuthority(environment);
  const pem = directory.read(AUTHORITY_FILE);
  const kept = pem === undefined ? undefined : parse(pem, directory.file(AUTHORITY_FILE));
  const authority = kept ?? Authority.make(environment);
  // The key first: the other file is made of it.
  if (kept === undefined) directory.writePrivate(AUTHORITY_FILE, authority.toPem());
  const own = authority.certificate.toString();
  if (directory.read(CA_FILE) !== own) directory.writePrivate(CA_FILE, own);
  return { authority, caFile: directory.file(CA_FILE), close: () => {} };
}

/**
 * The authority of a data directory, whether its cloud runs or not; undefined where there is none yet.
 * @throws CloudStartError `data_dir_corrupt`
 */
export function readAuthority(dataDir: string): Authority | undefined {
  const file = join(dataDir, AUTHORITY_FILE);
  return existsSync(file) ? parse(readFileSync(file, 'utf8'), file) : undefined;
}

function parse(pem: string, file: string): Authority {
  try {
    return Authority.parse(pem);
  } catch (error) {
    throw new CloudStartError(
      'data_dir_corrupt',
      `${file} is not a certificate authority; delete it to get a new one (whoever trusts the old one refuses the cloud then).`,
      { file },
      error,
    );
  }
}

/**
 * Puts a new authority into the place of the present one, which it keeps beside it.
 * @throws CloudStartError `data_dir_unwritable`
 */
export function rotateAuthority(directory: PrivateFiles, present: Authority, environment: CloudEnvironment): Authority {
  const next = Authority.make(environment, present);
  directory.writePrivate(AUTHORITY_FILE, next.toPem());
  directory.writePrivate(CA_FILE, next.certificate.toString());
  return next;
}

function temporaryAuthority(environment: CloudEnvironment): OpenAuthority {
  const authority = Authority.make(environment);
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-ca-'));
  const caFile = join(folder, CA_FILE);
  writeFileSync(caFile, authority.certificate.toString(), { mode: 0o600 });
  return { authority, caFile, close: () => rmSync(folder, { recursive: true, force: true }) };
}
