import { ENVIRONMENT_NAMES, type EnvironmentName, isEnvironmentName } from './environment.js';
import { parseHttpUrl } from './url.js';
import { utf8Bytes } from './utf8.js';

/** Where somebody wants a board's cloud to be. */
export interface CloudChoice {
  /** Absent: the one that the board is in. */
  readonly environment?: EnvironmentName;
  /** Base URL of the cloud's API, without a slash at its end; absent: that of the environment, or the one that the board has. */
  readonly apiUrl?: string;
  /** Puts the board into the project of whoever got it from the cloud. */
  readonly bindToken?: string;
}

/** What somebody asks a board to be set up with. */
export interface SetupRequest extends CloudChoice {
  /** 1 to 32 bytes of UTF-8. */
  readonly ssid: string;
  /** 8 to 63 bytes of UTF-8 and at least 8 characters, or 64 hex digits; absent: an open network. */
  readonly password?: string;
}

/** Why a request cannot be taken: the field, and a sentence for a person. */
export interface SetupProblem {
  readonly field: 'ssid' | 'password' | 'environment' | 'apiUrl' | 'bindToken';
  readonly code: 'missing' | 'not_text' | 'too_short' | 'too_long' | 'malformed' | 'unknown' | 'not_secure' | 'no_ca';
  readonly message: string;
}

const MAX_SSID_BYTES = 32;
const MIN_PASSWORD_CHARACTERS = 8;
const MAX_PASSWORD_BYTES = 63;
const MAX_URL_CHARACTERS = 200;

/**
 * What of an object that a client sent is a request, or what is wrong with it. Empty text counts as absent; other fields are not
 * looked at.
 */
export function readSetupRequest(value: Readonly<Record<string, unknown>>): SetupRequest | SetupProblem {
  const { ssid, password } = value;
  const problem = problemOfSsid(ssid) ?? problemOfPassword(password);
  if (problem !== undefined) return problem;
  const cloud = readCloudChoice(value);
  if (isSetupProblem(cloud)) return cloud;
  return { ssid: ssid as string, ...(isGiven(password) && { password: password as string }), ...cloud };
}

/** Likewise, of what is about the cloud. */
export function readCloudChoice(value: Readonly<Record<string, unknown>>): CloudChoice | SetupProblem {
  const { environment, apiUrl, bindToken } = value;
  const problem = problemOfEnvironment(environment) ?? problemOfUrl(apiUrl) ?? problemOfToken(bindToken);
  if (problem !== undefined) return problem;
  return {
    ...(isGiven(environment) && { environment: environment as EnvironmentName }),
    ...(isGiven(apiUrl) && { apiUrl: trimUrl(apiUrl as string) }),
    ...(isGiven(bindToken) && { bindToken: bindToken as string }),
  };
}

/** Whether it was refused. */
export function isSetupProblem(result: CloudChoice | SetupProblem): result is SetupProblem {
  return 'field' in result;
}

function problemOfSsid(ssid: unknown): SetupProblem | undefined {
  if (!isGiven(ssid)) return problem('ssid', 'missing', 'ssid is missing: name the Wi-Fi network.');
  if (typeof ssid !== 'string') return problem('ssid', 'not_text', 'ssid must be text.');
  const bytes = utf8Bytes(ssid);
  if (bytes < 0) return problem('ssid', 'malformed', 'ssid holds what is no character.');
  if (bytes > MAX_SSID_BYTES) {
    return problem(
      'ssid',
      'too_long',
      `ssid has ${bytes} bytes, and the name of a network has at most ${MAX_SSID_BYTES}.`,
    );
  }
  return undefined;
}

function problemOfPassword(password: unknown): SetupProblem | undefined {
  if (!isGiven(password)) return undefined;
  if (typeof password !== 'string') return problem('password', 'not_text', 'password must be text.');
  const bytes = utf8Bytes(password);
  if (bytes < 0) return problem('password', 'malformed', 'password holds what is no character.');
  if (/^[0-9A-Fa-f]{64}$/.test(password)) return undefined;
  if (characters(password) < MIN_PASSWORD_CHARACTERS) {
    return problem(
      'password',
      'too_short',
      'password is too short: it has at least 8 characters, or none in an open network.',
    );
  }
  if (bytes > MAX_PASSWORD_BYTES) {
    return problem('password', 'too_long', 'password is too long: it has at most 63 bytes, or is 64 hex digits.');
  }
  return undefined;
}

function problemOfEnvironment(environment: unknown): SetupProblem | undefined {
  if (!isGiven(environment) || isEnvironmentName(environment)) return undefined;
  return problem('environment', 'unknown', `environment must be one of ${ENVIRONMENT_NAMES.join(', ')}.`);
}

function problemOfUrl(apiUrl: unknown): SetupProblem | undefined {
  if (!isGiven(apiUrl)) return undefined;
  if (typeof apiUrl !== 'string') return problem('apiUrl', 'not_text', 'apiUrl must be text.');
  const url = trimUrl(apiUrl);
  if (url.length > MAX_URL_CHARACTERS) {
    return problem('apiUrl', 'too_long', `apiUrl has over ${MAX_URL_CHARACTERS} characters.`);
  }
  if (parseHttpUrl(url) === undefined) {
    return problem(
      'apiUrl',
      'malformed',
      'apiUrl is not the address of a cloud: give it as https://HOST:PORT or http://HOST:PORT.',
    );
  }
  return undefined;
}

function problemOfToken(bindToken: unknown): SetupProblem | undefined {
  if (!isGiven(bindToken)) return undefined;
  if (typeof bindToken !== 'string') return problem('bindToken', 'not_text', 'bindToken must be text.');
  if (/^[\x21-\x7e]{1,128}$/.test(bindToken)) return undefined;
  return problem('bindToken', 'malformed', 'bindToken is not as the cloud gives it: copy it whole, without spaces.');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function trimUrl(url: string): string {
  return url.trim().replace(/\/+$/, '');
}

function problem(field: SetupProblem['field'], code: SetupProblem['code'], message: string): SetupProblem {
  return { field, code, message };
}
