import { join } from 'node:path';
import type { Command } from 'commander';
import { isObject } from '../../src/core/json-guard.js';
import { parseHttpUrl } from '../../src/core/url.js';
import { ACCOUNT_FILE } from '../cloud/account.js';
import { CliError } from './cli-error.js';
import { CloudClient, type Credentials } from './cloud-client.js';
import { readGiven } from './given-file.js';
import { LOOPBACK } from './loopback.js';
import { collect, dataFolder } from './options.js';
import { recallApiPort } from './port-memory.js';
import { readAnchors, refuseApiPath } from './trust-files.js';

/** Which cloud is called, and by whom. */
export interface LoginFlags {
  /** Absent: the one on this machine whose data folder it is. */
  readonly cloud?: string;
  readonly ca?: readonly string[];
  readonly data?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly insecure?: boolean;
}

/** As a command that is to be copied names it: what is not plain goes between quotes. */
export function loginText(flags: LoginFlags): string {
  const { cloud, ca = [], data, user, passwordFile, insecure } = flags;
  const named = { cloud, data, user, 'password-file': passwordFile };
  const pairs = [...Object.entries(named), ...ca.map((file) => ['ca', file] as const)];
  const given = pairs.flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quoted(value)}`]));
  return given.join('') + (insecure ? ' --insecure' : '');
}

type Variables = Readonly<Record<string, string | undefined>>;

export const DEFAULT_DATA = './.smartlink';
const DEFAULT_PORT = 8080;

/** Said at the end of the help of every command that calls a cloud. */
export const LOGIN_HELP =
  '\nWho calls: --user with --password-file; else SMARTLINK_API_KEY with SMARTLINK_API_SECRET; else SMARTLINK_USER with\n' +
  'SMARTLINK_PASSWORD; else the development account in --data, which for a cloud on this machine is ./.smartlink.';

/** Adds the flags that say which cloud, and who calls. */
export function addLoginFlags(command: Command): Command {
  return command
    .option(
      '--cloud <url>',
      `base URL of the cloud (default: http://127.0.0.1, and the port that --data remembers, or ${DEFAULT_PORT})`,
    )
    .option('--ca <file>', 'CA of an https cloud, PEM or DER (default: those that this machine knows)', collect)
    .option('--data <dir>', 'data folder of that cloud, for its development account', dataFolder)
    .option('--user <name>', 'who calls')
    .option('--password-file <file>', 'his password, on one line')
    .option('--insecure', 'allow a password to go over plain HTTP to another machine');
}

/** @throws {CliError} `bad_cloud`, `insecure_cloud`, `no_credentials`, `bad_trust` */
export function openCloud(flags: LoginFlags, env: Variables = process.env): CloudClient {
  const { data = DEFAULT_DATA } = flags;
  const { cloud = `http://127.0.0.1:${recallApiPort(data) ?? DEFAULT_PORT}` } = flags;
  refuseApiPath('--cloud', cloud);
  const url = cloud.replace(/\/$/, '');
  const parsed = parseHttpUrl(url);
  if (parsed === undefined) {
    throw new CliError('bad_cloud', `--cloud ${cloud} is not an address like http://192.168.1.10:8080.`, 2);
  }
  const isHere = LOOPBACK.test(parsed.host);
  if (!parsed.secure && !isHere && !flags.insecure) {
    const sentence = `--cloud ${url} would be told the password in the clear: give https://, or add --insecure if that is wanted.`;
    throw new CliError('insecure_cloud', sentence, 2);
  }
  const ca = flags.ca && readAnchors(flags.ca, '--ca').map(asPem);
  return new CloudClient({ url, ...(ca && { ca }), credentials: readCredentials(flags, env, { url, isHere }) });
}

function readCredentials(
  flags: LoginFlags,
  env: Variables,
  { url, isHere }: { readonly url: string; readonly isHere: boolean },
): Credentials {
  const { user, passwordFile } = flags;
  const both = (one: string | undefined, other: string | undefined, names: string): boolean => {
    if ((one === undefined) === (other === undefined)) return one !== undefined;
    throw new CliError('no_credentials', `${names} go together: give both or neither.`, 2);
  };
  if (both(user, passwordFile, '--user and --password-file')) {
    return {
      username: user!,
      password: readGiven('--password-file', 'no_credentials', passwordFile!).toString().trim(),
    };
  }
  const { SMARTLINK_API_KEY: apiKey, SMARTLINK_API_SECRET: apiSecret } = env;
  if (both(apiKey, apiSecret, 'SMARTLINK_API_KEY and SMARTLINK_API_SECRET')) {
    return { apiKey: apiKey!, apiSecret: apiSecret! };
  }
  const { SMARTLINK_USER: username, SMARTLINK_PASSWORD: password } = env;
  if (both(username, password, 'SMARTLINK_USER and SMARTLINK_PASSWORD')) {
    return { username: username!, password: password! };
  }
  // Nobody else’s cloud is told the password of the one on this machine, unless that was asked for.
  const folder = flags.data ?? (isHere ? DEFAULT_DATA : undefined);
  if (folder !== undefined) return readAccountFile(folder);
  throw new CliError('no_credentials', `who calls ${url}? Give --user and --password-file (see --help).`, 2);
}

function readAccountFile(folder: string): Credentials {
  const file = join(folder, ACCOUNT_FILE);
  let account: unknown;
  try {
    account = JSON.parse(readGiven('', 'no_credentials', file).toString());
  } catch {
    // The sentence is the same.
  }
  const { username, password } = isObject(account) ? account : {};
  if (typeof username === 'string' && typeof password === 'string') return { username, password, file };
  const mend = 'name the data folder of the cloud with --data, or give --user and --password-file';
  throw new CliError('no_credentials', `there is no development account in ${file}: ${mend}.`, 2);
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function asPem(anchor: string): string {
  return `-----BEGIN CERTIFICATE-----\n${anchor}\n-----END CERTIFICATE-----\n`;
}
