import { dirname, resolve } from 'node:path';
import { decodeBase64 } from '../../src/core/base64.js';
import {
  ENVIRONMENT_NAMES,
  type Environment,
  type EnvironmentName,
  isEnvironmentName,
  MAX_ANCHORS,
  whyNoAnchor,
} from '../../src/core/environment.js';
import { isObject } from '../../src/core/json-guard.js';
import { isP256Point } from '../../src/core/p256.js';
import { parseHttpUrl } from '../../src/core/url.js';
import type { UpdateKeys } from '../../src/ports/settings.js';
import { CliError } from './cli-error.js';
import { readGiven } from './given-file.js';

const PEM = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** What every DER of a certificate begins with. */
const DER_SEQUENCE = 0x30;

/** Whom boards are to trust, as flags name it. */
export interface TrustFlags {
  readonly environment: EnvironmentName;
  /** Files of the CAs of that environment. */
  readonly ca: readonly string[];
  /** File of the other environments. */
  readonly environments?: string;
  /** Files of public keys, each `FILE` or `ID=FILE`. */
  readonly updateKey: readonly string[];
  /** Ids of those that must sign; all of them unless it is given. */
  readonly require?: readonly number[];
}

/** An environment as the flags describe it: each `--ca` and `--ntp` is of the `--environment` before it. */
export interface PackedEnvironment {
  readonly name: string;
  readonly api: string;
  readonly ca: string[];
  ntp?: string;
}

/** What a board's build knows of environments. @throws {CliError} that names the flag and the file */
export function readTrustFlags(
  { environment: name, ca, environments: file, ...keys }: TrustFlags,
  url: {
    readonly flag: string;
    readonly text: string;
    readonly ntpServer?: string;
    /** Where boards may have a factory record: the CAs of the one that is given. */
    readonly factoryAnchors?: readonly string[];
  },
): { environment: Environment; environments?: readonly Environment[]; updateKeys?: UpdateKeys } {
  const ntp = url.ntpServer === undefined ? {} : { ntpServer: url.ntpServer };
  const environment = { name, ...readPlace(url.flag, url.text, ca, '--ca', url.factoryAnchors), ...ntp };
  const others = file === undefined ? [] : readEnvironmentsFile(file);
  if (others.some((other) => other.name === name)) {
    throw wrong(`--environments ${file} names ${name} too, which is the one of --environment: name it once`);
  }
  const updateKeys = updateKeysOf(keys);
  return {
    environment,
    ...(others.length > 0 && { environments: others }),
    ...(updateKeys && { updateKeys }),
  };
}

/** Base64 of each CA in files of PEM or DER. @throws {CliError} */
export function readAnchors(files: readonly string[], flag: string): string[] {
  const anchors = files.flatMap((file) => {
    const bytes = readBytes(file, flag);
    const text = bytes.toString('latin1');
    if (PRIVATE_KEY.test(text)) {
      throw wrong(`${flag} ${file} holds a private key: give the certificate alone, which of the dev cloud is ca.pem`);
    }
    const blocks = [...text.matchAll(PEM)].map(([, block]) => Buffer.from(block!, 'base64'));
    if (blocks.length === 0 && bytes[0] !== DER_SEQUENCE) throw wrong(`${flag} ${file} holds no certificate`);
    return (blocks.length > 0 ? blocks : [bytes]).map((der) => {
      const why = whyNoAnchor(der);
      if (why !== undefined) throw wrong(`${flag} ${file}: a certificate in it ${why}`);
      return der.toString('base64');
    });
  });
  if (anchors.length > MAX_ANCHORS) throw wrong(`${flag} names ${anchors.length} CAs: a board takes ${MAX_ANCHORS}`);
  return anchors;
}

/** The keys of boards that may have none. @throws {CliError} */
export function updateKeysOf({
  updateKey,
  require,
}: Pick<TrustFlags, 'updateKey' | 'require'>): UpdateKeys | undefined {
  return updateKey.length + (require?.length ?? 0) > 0 ? readUpdateKeys(updateKey, require) : undefined;
}

/** The public keys that the flags name; those of `require` must sign, or all of them. @throws {CliError} */
export function readUpdateKeys(flags: readonly string[], require?: readonly number[]): UpdateKeys {
  const keys: Record<string, string> = {};
  for (const flag of flags) {
    const [, id = '0', file = flag] = /^([0-7])=(.+)$/.exec(flag) ?? [];
    if (keys[id] !== undefined) throw wrong(`--update-key names key ${id} twice: say which is which, as 1=FILE`);
    const text = readBytes(file, '--update-key').toString('latin1').trim();
    const point = decodeBase64(text);
    if (point === undefined || !isP256Point(point)) {
      throw wrong(`--update-key ${file} is no public key: give the .pub that "smartlink ota keygen" wrote`);
    }
    keys[id] = text;
  }
  const unknown = require?.find((id) => keys[id] === undefined);
  if (unknown !== undefined) {
    throw wrong(`--require ${unknown} names a key that boards would not know: give it as --update-key ${unknown}=FILE`);
  }
  const required = (require ?? Object.keys(keys)).reduce<number>((mask, id) => mask | (1 << Number(id)), 0);
  return { keys, required };
}

function readEnvironmentsFile(file: string): Environment[] {
  let table: unknown;
  try {
    table = JSON.parse(readBytes(file, '--environments').toString());
  } catch (error) {
    if (error instanceof CliError) throw error;
  }
  if (!isObject(table)) throw wrong(`--environments ${file} is no JSON object like {"test":{"api":…,"ca":FILE}}`);
  return Object.entries(table).map(([name, value]) => {
    const field = `--environments ${file}: ${name}`;
    if (!isEnvironmentName(name)) throw wrong(`${field} must be one of ${ENVIRONMENT_NAMES.join(', ')}`);
    const { api, ca = [], ntp } = isObject(value) ? value : {};
    const files = typeof ca === 'string' ? [ca] : ca;
    if (typeof api !== 'string') throw wrong(`${field}.api must be the address of a cloud`);
    if (!Array.isArray(files) || !files.every((one) => typeof one === 'string')) {
      throw wrong(`${field}.ca must be a file, or a list of files`);
    }
    if (ntp !== undefined && (typeof ntp !== 'string' || !/^[A-Za-z0-9.-]{1,253}$/.test(ntp))) {
      throw wrong(`${field}.ntp must be a host name`);
    }
    const paths = files.map((one) => resolve(dirname(file), one));
    return {
      name,
      ...readPlace(`${field}.api`, api, paths, `${field}.ca`),
      ...(ntp !== undefined && { ntpServer: ntp }),
    };
  });
}

/** An address with what is printed behind it for people who call the API. @throws {CliError} */
export function refuseApiPath(flag: string, text: string): void {
  if (/\/api\/v1\/?$/.test(text)) throw wrong(`${flag} ${text}: leave /api/v1 away`);
}

/** Where a cloud is, and whom to trust there. */
function readPlace(
  flag: string,
  text: string,
  files: readonly string[],
  caFlag: string,
  factoryAnchors?: readonly string[],
): Pick<Environment, 'apiUrl' | 'anchors'> {
  refuseApiPath(flag, text);
  const apiUrl = text.replace(/\/$/, '');
  const url = parseHttpUrl(apiUrl);
  if (url === undefined) throw wrong(`${flag} ${text} is not an address like http://192.168.1.10:8080`);
  if (url.secure && files.length === 0 && (factoryAnchors ?? []).length === 0) {
    const orRecord = factoryAnchors === undefined ? '' : ', or give a --factory record that has one';
    throw wrong(`${flag} ${text} is https: name the CA that its server is to be known by, with ${caFlag}${orRecord}`);
  }
  return files.length === 0 ? { apiUrl } : { apiUrl, anchors: readAnchors(files, caFlag) };
}

function readBytes(file: string, flag: string): Buffer {
  return readGiven(flag, 'bad_trust', file);
}

function wrong(sentence: string): CliError {
  return new CliError('bad_trust', `${sentence}.`, 2);
}
