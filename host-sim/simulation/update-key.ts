import { type KeyObject, sign } from 'node:crypto';
import { type Environment, environmentTable } from '../../src/core/environment.js';
import { BUNDLE_TYPE } from '../../src/core/trust-bundle.js';
import type { Signer } from '../ota/package.js';
import { drawEcKeys } from './seeded-keys.js';
import type { SeededRandom } from './seeded-random.js';

/** A point in a SubjectPublicKeyInfo of P-256 is what comes last, bytes. */
const POINT_BYTES = 65;

/** A key of those who may tell boards from afar what to run and whom to trust. */
export class UpdateKey {
  /** Its public point, as a build knows it: base64. */
  readonly point: string;
  /** What signs packages of firmware. */
  readonly signer: Signer;
  readonly #privateKey: KeyObject;

  /** @param id by which boards know it */
  constructor(random: SeededRandom, id: number) {
    const { publicKey, privateKey } = drawEcKeys(random);
    this.point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-POINT_BYTES).toString('base64');
    this.#privateKey = privateKey;
    this.signer = { id, key: privateKey };
  }

  /** A bundle, as the service `setTrust` takes it. @param version higher than that of any before */
  bundle(version: number, environments: readonly Environment[]): object {
    const payload = encoded({ type: BUNDLE_TYPE, version, environments: environmentTable(environments) });
    const header = encoded({ alg: 'ES256', kid: String(this.signer.id) });
    const message = Buffer.from(`${header}.${payload}`);
    const signature = sign('sha256', message, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return { payload, signatures: [{ protected: header, signature: signature.toString('base64url') }] };
  }
}

function encoded(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
