import type { Crypto } from './crypto.js';
import { type Environment, readEnvironmentTable, WrongField } from './environment.js';
import { parseJsonObject } from './json-guard.js';
import { type SigningKeys, verifyJws } from './jws.js';
import type { Text } from './text.js';

/** What the payload of a bundle says that it is. */
export const BUNDLE_TYPE = 'smartlink-trust';

/** Environments, new or changed, that those who may update a board vouch for. */
export interface TrustBundle {
  /** 1 or more; a board takes only a higher one than it has kept. */
  readonly version: number;
  /** Each once; at least one. What is not named stays as it is. */
  readonly environments: readonly Environment[];
}

/**
 * Reads a signed bundle: a JWS (see `verifyJws`) over `{"type":"smartlink-trust","version":1,"environments":{…}}`. Nothing of
 * the payload is looked at before all signatures hold.
 * @throws {WrongField}
 */
export function readTrustBundle(crypto: Crypto, text: Text, keys: SigningKeys, bundle: unknown): TrustBundle {
  return readBundlePayload(verifyJws(crypto, text, keys, bundle, 'bundle'));
}

/** Reads a payload that has been vouched for, or is about to be. @throws {WrongField} */
export function readBundlePayload(json: string): TrustBundle {
  const payload = parseJsonObject(json);
  if (payload === undefined) throw new WrongField('bundle.payload must be a JSON object');
  const { type, version } = payload;
  if (type !== BUNDLE_TYPE) throw new WrongField(`bundle.type must be "${BUNDLE_TYPE}"`);
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw new WrongField('bundle.version must be a whole number, 1 or more');
  }
  const environments = readEnvironmentTable(payload['environments'], 'bundle.environments');
  if (environments.length === 0) throw new WrongField('bundle.environments must name one at least');
  return { version, environments };
}
