import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Signer } from '../ota/package.js';
import { CliError } from './cli-error.js';
import { readGiven } from './given-file.js';

/** Which keys sign, as flags name them. */
export interface SignerFlags {
  /** Files of private keys. */
  readonly key: readonly string[];
  /** Their ids, in the same order; absent: 0, of a single key. */
  readonly keyId?: readonly number[];
}

/** @throws {CliError} `bad_key_ids`, `bad_key` */
export function readSigners({ key: files, keyId }: SignerFlags): Signer[] {
  const ids = keyId ?? (files.length === 1 ? [0] : []);
  if (ids.length !== files.length || new Set(ids).size !== ids.length) {
    throw new CliError(
      'bad_key_ids',
      'each --key needs a --key-id of its own: give as many of the one as of the other.',
      2,
    );
  }
  return files.map((file, index) => ({ id: ids[index]!, key: readKey(file) }));
}

function readKey(file: string): KeyObject {
  const bytes = readGiven('--key', 'bad_key', file);
  try {
    const key = createPrivateKey(bytes);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // The sentence is the same.
  }
  throw new CliError('bad_key', `--key ${file} is no private key of P-256: make one by "smartlink ota keygen".`, 2);
}
