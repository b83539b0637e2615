import type { X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import { DataDirectory } from '../cloud/data-directory.js';
import { createNodeEnvironment } from '../cloud/environment.js';
import type { Authority } from '../cloud/pki/authority.js';
import { CA_FILE, readAuthority, rotateAuthority } from '../cloud/pki/authority-files.js';
import type { ClientRequest } from '../cloud/pki/client-certificates.js';
import { issueClient } from '../cloud/pki/issue-client.js';
import { CliError } from './cli-error.js';
import { paint, writeJson } from './console.js';
import { writeNew } from './new-file.js';

interface Flags {
  readonly data: string;
  readonly json?: boolean;
}

/** What a certificate name may hold (RFC 5280, A.1: at most 64 characters). */
const NAME = /^[A-Za-z0-9 ._@-]{1,64}$/;

export function show({ data, json }: Flags): void {
  const authority = presentAuthority(data);
  if (json) writeJson(process.stdout, { event: 'ca', ...described(authority, data) });
  else process.stdout.write(`\n${told(authority, data)}\n`);
}

/** @throws CliError `wrong_clock`, `previous_ca`; CloudStartError */
export async function rotate(flags: Flags & { readonly forgetPrevious?: boolean }): Promise<void> {
  const { data, json, forgetPrevious = false } = flags;
  // First, so that a folder that was mistyped is not made.
  presentAuthority(data);
  const directory = DataDirectory.open(data);
  try {
    const before = presentAuthority(data);
    checkClock(before);
    if (before.previous !== undefined && !forgetPrevious) {
      throw new CliError(
        'previous_ca',
        `a previous CA (${before.previous.fingerprint256}) is still vouched for, and boards may know only that one: give them ${caFile(data)} first, then add --forget-previous. Client certificates that it issued, those in factory records too, open nothing any more then.`,
      );
    }
    const authority = rotateAuthority(directory, before, createNodeEnvironment());
    if (json) {
      writeJson(process.stdout, { event: 'ca_rotated', ...described(authority, data) });
      return;
    }
    process.stdout.write(
      `\n${told(authority, data)}\n` +
        `  Start the cloud again. Who trusts only the previous CA still reaches it, by a cross-certificate, until that CA ends or\n` +
        `  is forgotten by another rotation: until then give boards and clients the new file. Client certificates of both hold.\n\n`,
    );
  } finally {
    directory.close();
  }
}

/** @throws CliError `bad_name`, `exists` */
export async function issue(flags: Flags & ClientRequest & { readonly out: string }): Promise<void> {
  const { data, json, kind, name, out } = flags;
  if (!NAME.test(name)) {
    throw new CliError('bad_name', '--name must be 1 to 64 letters, digits, spaces or any of "._@-".', 2);
  }
  const issued = await issueClient(presentAuthority(data), createNodeEnvironment(), { kind, name });
  const { pfx, password, serialNumber } = issued;
  writeNew(out, pfx);
  const notAfter = new Date(issued.notAfter).toISOString();
  if (json) writeJson(process.stdout, { event: 'certificate', file: resolve(out), password, serialNumber, notAfter });
  else {
    process.stdout.write(
      `\n  File      ${out}\n  Password  ${paint(process.stdout, 'bold', password)} (shown only now)\n` +
        `  Serial    ${serialNumber}\n  Valid     until ${notAfter}\n\n`,
    );
  }
}

/** A CA that a clock far behind makes may have ended before it is used. @throws CliError `wrong_clock` */
function checkClock({ certificate: { validFrom } }: Authority): void {
  const now = new Date();
  if (now >= new Date(validFrom)) return;
  throw new CliError(
    'wrong_clock',
    `the clock says ${now.toISOString()}, and the present CA is valid from ${isoTime(validFrom)} on: set the clock first.`,
  );
}

/** The CA of a data directory. @throws CliError `no_ca`; CloudStartError `data_dir_corrupt` */
export function presentAuthority(data: string): Authority {
  const authority = readAuthority(data);
  if (authority !== undefined) return authority;
  throw new CliError('no_ca', `there is no CA in ${data}: "smartlink up" and "cloud" make one at their first start.`);
}

/** For scripts. */
function described({ certificate, previous }: Authority, data: string): object {
  return { file: resolve(caFile(data)), ...facts(certificate), ...(previous && { previous: facts(previous) }) };
}

function facts({ fingerprint256, validFrom, validTo }: X509Certificate): Readonly<Record<string, string>> {
  return { fingerprint256, notBefore: isoTime(validFrom), notAfter: isoTime(validTo) };
}

/** For a person. */
function told({ certificate, previous }: Authority, data: string): string {
  const lines = [
    `CA           ${paint(process.stdout, 'bold', caFile(data))}`,
    `SHA-256      ${certificate.fingerprint256}`,
    `Valid        ${isoTime(certificate.validFrom)} to ${isoTime(certificate.validTo)}`,
    ...(previous ? [`Previous CA  ${previous.fingerprint256}`, `Valid        until ${isoTime(previous.validTo)}`] : []),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function caFile(data: string): string {
  return join(data, CA_FILE);
}

function isoTime(text: string): string {
  return new Date(text).toISOString();
}
