import { X509Certificate } from 'node:crypto';
import { type GeneralJWS, GeneralSign } from 'jose';
import { signingKeys } from '../../src/board/signing-keys.js';
import { WrongField } from '../../src/core/environment.js';
import { BUNDLE_TYPE, readBundlePayload, readTrustBundle, type TrustBundle } from '../../src/core/trust-bundle.js';
import { parseHttpUrl } from '../../src/core/url.js';
import { createNodeCrypto } from '../host/node-crypto.js';
import { createNodeText } from '../host/node-text.js';
import { plainText } from '../products/plain-text.js';
import { CliError } from './cli-error.js';
import { paint, writeJson } from './console.js';
import { readGiven } from './given-file.js';
import { writeNew } from './new-file.js';
import { readSigners, type SignerFlags } from './signers.js';
import { type PackedEnvironment, readAnchors, readUpdateKeys, refuseApiPath } from './trust-files.js';

/** A board takes a message of 4 KiB, with what carries the bundle. */
const MAX_BUNDLE_BYTES = 3_820;

interface PackFlags extends SignerFlags {
  readonly bundleVersion: number;
  readonly environment: readonly PackedEnvironment[];
  readonly out: string;
  readonly json?: boolean;
}

/** @throws {CliError} */
export async function pack({ bundleVersion, environment, out, json, ...keys }: PackFlags): Promise<void> {
  const environments: Record<string, object> = {};
  for (const { name, api, ca, ntp } of environment) {
    checkPlace(name, api, ca);
    environments[name] = { api, ca: readAnchors(ca, '--ca'), ...(ntp !== undefined && { ntp }) };
  }
  const payload = JSON.stringify({ type: BUNDLE_TYPE, version: bundleVersion, environments });
  try {
    readBundlePayload(payload);
  } catch (error) {
    if (error instanceof WrongField) throw new CliError('bad_bundle', `${error.message}.`, 2);
    throw error;
  }
  const jws = new GeneralSign(new TextEncoder().encode(payload));
  for (const { id, key } of readSigners(keys)) {
    jws.addSignature(key).setProtectedHeader({ alg: 'ES256', kid: String(id) });
  }
  const bundle = JSON.stringify(await jws.sign());
  if (bundle.length > MAX_BUNDLE_BYTES) {
    throw new CliError(
      'too_large',
      `the bundle has ${bundle.length} bytes, and a board takes ${MAX_BUNDLE_BYTES}: name fewer environments or CAs in one, or CAs with P-256 keys.`,
    );
  }
  writeNew(out, bundle, 0o644);
  if (json) writeJson(process.stdout, { event: 'bundle', file: out, version: bundleVersion, bytes: bundle.length });
  else {
    process.stdout.write(
      `\n  Bundle  ${out} (version ${bundleVersion}, ${bundle.length} bytes)\n\n  Send it to a board by the service setTrust:\n\n` +
        `  ${paint(process.stdout, 'cyan', `curl … -d "{\\"bundle\\":$(cat ${out})}" $API/devices/DEVICE/services/setTrust`)}\n\n`,
    );
  }
}

/** @throws {CliError} that names the flag, where the bundle's reader would name a field */
function checkPlace(name: string, api: string, ca: readonly string[]): void {
  const flag = `--environment ${name}`;
  refuseApiPath('--environment', `${name}=${api}`);
  if (api.endsWith('/') || parseHttpUrl(api)?.secure !== true) {
    throw new CliError('bad_bundle', `${flag}=${api} must be https://HOST or https://HOST:PORT.`, 2);
  }
  if (ca.length === 0) throw new CliError('bad_bundle', `${flag} wants at least one --ca behind it.`, 2);
}

interface ShowFlags {
  readonly updateKey: readonly string[];
  readonly json?: boolean;
}

/** @throws {CliError} `bad_bundle`: also where the keys that were given have not signed */
export function show(file: string, { updateKey, json }: ShowFlags): void {
  const bundle = readBundle(file);
  const signedBy = bundle.signatures.map(({ protected: header }) => String(parsed(header)['kid']));
  let content: TrustBundle;
  try {
    content =
      updateKey.length === 0
        ? readBundlePayload(Buffer.from(bundle.payload, 'base64url').toString())
        : readTrustBundle(createNodeCrypto(), createNodeText(), signingKeys(readUpdateKeys(updateKey)), bundle);
  } catch (error) {
    if (error instanceof WrongField) throw new CliError('bad_bundle', `${file}: ${error.message}.`);
    throw error;
  }
  const { version } = content;
  const environments = content.environments.map((one) => ({ ...one, cas: (one.anchors ?? []).map(described) }));
  const isChecked = updateKey.length > 0;
  if (json) {
    writeJson(process.stdout, { event: 'bundle', file, version, environments, signedBy, isChecked });
    return;
  }
  const places = environments.flatMap(({ name, apiUrl, cas, ntpServer }) => [
    `  ${name.padEnd(9)} ${apiUrl}${ntpServer === undefined ? '' : `, time from ${ntpServer}`}\n`,
    ...cas.map((ca) => `  ${''.padEnd(9)} CA ${ca.subject}, SHA-256 ${ca.fingerprint256}, until ${ca.notAfter}\n`),
  ]);
  const checked = isChecked ? 'holds' : 'not checked: give --update-key';
  process.stdout.write(
    `\n  Version   ${version}\n${places.join('')}  Signed    by key ${signedBy.join(', ')} (${checked})\n\n`,
  );
}

function readBundle(file: string): GeneralJWS {
  const text = readGiven('', 'bad_bundle', file, 1).toString();
  try {
    const bundle = JSON.parse(text) as GeneralJWS;
    if (typeof bundle.payload === 'string' && bundle.signatures.every((one) => typeof one.protected === 'string'))
      return bundle;
  } catch {
    // Whatever it is, it is none.
  }
  throw new CliError('bad_bundle', `${file} is no bundle: give what "smartlink trust pack" wrote.`);
}

/** A CA as a person knows it; `anchor` is base64 of its DER. */
function described(anchor: string): Readonly<Record<'subject' | 'fingerprint256' | 'notAfter', string>> {
  const { subject, fingerprint256, validTo } = new X509Certificate(Buffer.from(anchor, 'base64'));
  // One without a name has no subject, whatever the type says.
  const name = plainText((subject ?? '').replaceAll('\n', ', '));
  return { subject: name, fingerprint256, notAfter: new Date(validTo).toISOString() };
}

function parsed(header = ''): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
