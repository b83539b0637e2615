import { type KeyObject, sign } from 'node:crypto';
import { type Environment, environmentTable } from '../../src/core/environment.js';
import { BUNDLE_TYPE } from '../../src/core/trust-bundle.js';
import type { UpdateKeys } from '../../src/ports/settings.js';
import type { Signer } from '../ota/package.js';
import { drawEcKeys } from './seeded-keys.js';
import type { SeededRandom } from './seeded-random.js';

/** A point in a SubjectPublicKeyInfo of P-256 is what comes last, bytes. */
const POINT_BYTES = 65;

/** The key of those who may tell boards from afar what to run and whom to trust. */
export class UpdateKey {
  /** What a build says of it. */
  readonly known: UpdateKeys;
  /** What signs packages of firmware. */
  readonly signer: Signer;
  readonly #privateKey: KeyObject;

  constructor(random: SeededRandom) {
    const { publicKey, privateKey } = drawEcKeys(random);
    const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-POINT_BYTES);
    this.known = { keys: { '0': point.toString('base64') } };
    this.#privateKey = privateKey;
    this.signer = { id: 0, key: privateKey };
  }

  /** A bundle, as the service `setTrust` takes it. @param version higher than that of any before */
  bundle(version: number, environments: readonly Environment[]): object {
    const payload = encoded({ type: BUNDLE_TYPE, version, environments: environmentTable(environments) });
    const header = encoded({ alg: 'ES256', kid: '0' });
    const message = Buffer.from(`${header}.${payload}`);
    const signature = sign('sha256', message, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return { payload, signatures: [{ protected: header, signature: signature.toString('base64url') }] };
  }
}

function encoded(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
