import type { KeyObject, X509Certificate } from 'node:crypto';
import type { CloudEnvironment } from '../environment.js';
import type { Authority } from './authority.js';
import { makeRsaKeys } from './keys.js';

const DAY_MS = 86_400_000;

/** Who may be certified, and for how long: a board's certificate is for life, since nothing renews it. */
const KINDS = {
  board: { unit: 'board', lifetimeMs: 3_650 * DAY_MS },
  app: { unit: 'app', lifetimeMs: 365 * DAY_MS },
} as const;

export interface ClientRequest {
  readonly kind: keyof typeof KINDS;
  /** Common name: of a board its device id; 1 to 64 printable ASCII characters. */
  readonly name: string;
}

/** A client certificate and its key. */
export interface ClientIdentity {
  readonly privateKey: KeyObject;
  readonly certificate: X509Certificate;
}

/** Certifies a client, with an RSA-2048 key. */
export async function certifyClient(
  authority: Authority,
  environment: CloudEnvironment,
  { kind, name }: ClientRequest,
): Promise<ClientIdentity> {
  const { unit, lifetimeMs } = KINDS[kind];
  const { publicKey, privateKey } = await makeRsaKeys();
  const subject = { commonName: name, unit };
  const certificate = authority.certify({ subject, publicKey, use: { kind: 'client' }, lifetimeMs }, environment);
  return { privateKey, certificate };
}

/** The device id that a board's certificate names; undefined for an app's. */
export function boardOf(certificate: X509Certificate): string | undefined {
  const fields = certificate.subject.split('\n');
  if (!fields.includes(`OU=${KINDS.board.unit}`)) return undefined;
  return fields.find((field) => field.startsWith('CN='))?.slice('CN='.length);
}
