import type { ExternalBrokerOptions } from '../cloud/external/options.js';
import { CliError } from './cli-error.js';
import { readGiven } from './given-file.js';
import { LOOPBACK } from './loopback.js';

const PASSWORD_VARIABLE = 'SMARTLINK_BROKER_PASSWORD';
/** What a broker's address may be; that of a WebSocket, a path or a query is a mistake. */
const PROTOCOLS: readonly string[] = ['mqtt:', 'mqtts:'];

/** Flags of a broker, the own one or somebody else's. */
export interface BrokerFlags {
  readonly mqttPort?: number;
  readonly mqttsPort?: number;
  readonly mtlsPort?: number;
  readonly broker?: readonly string[];
  readonly brokerUser?: string;
  readonly brokerCa?: string;
  readonly boardBroker?: readonly string[];
  readonly brokerDynamicSecurity?: boolean;
  readonly insecure?: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Refuses flags about the broker that contradict each other, or an address that is none. A password is never repeated. */
export function checkBrokerFlags(flags: BrokerFlags, env: Variables = process.env): void {
  const { broker, boardBroker } = flags;
  if (broker === undefined) {
    const idle = [
      ['--broker-user', flags.brokerUser],
      ['--broker-ca', flags.brokerCa],
      ['--board-broker', boardBroker],
      ['--broker-dynamic-security', flags.brokerDynamicSecurity],
    ].find(([, value]) => value !== undefined);
    if (idle)
      throw new CliError('incomplete_broker', `${idle[0]} goes with --broker: give the broker's address, too.`, 2);
    return;
  }
  const listener = [
    ['--mqtt-port', flags.mqttPort],
    ['--mqtts-port', flags.mqttsPort],
    ['--mtls-port', flags.mtlsPort],
  ].find(([, value]) => value !== undefined);
  if (listener) {
    throw new CliError(
      'no_own_broker',
      `${listener[0]} is a port of the own broker, of which there is none with --broker: leave one of them out.`,
      2,
    );
  }
  const urls = broker.map((url) => parseBroker('--broker', url));
  const open = urls.find(({ protocol, hostname }) => protocol === 'mqtt:' && !LOOPBACK.test(hostname));
  if (open && !flags.insecure && passwordOf(urls, env) !== undefined) {
    throw new CliError(
      'insecure_broker',
      `${plain(open)} would be told the password in the clear: give mqtts://, or add --insecure if that is wanted.`,
      2,
    );
  }
  const told = (boardBroker ?? []).map((url) => parseBroker('--board-broker', url));
  for (const { protocol, username, password } of told) {
    if (username || password)
      throw new CliError('bad_broker', '--board-broker is told to every board: it takes no user and no password.', 2);
    if (told.filter((other) => other.protocol === protocol).length > 1) {
      throw new CliError('bad_broker', `--board-broker takes one ${protocol}// address, and one of the other kind.`, 2);
    }
  }
}

/** The broker that the flags name, with the password that the environment or an address has; undefined: the cloud has its own. */
export function externalBroker(flags: BrokerFlags, env: Variables = process.env): ExternalBrokerOptions | undefined {
  if (flags.broker === undefined) return undefined;
  const urls = flags.broker.map((url) => parseBroker('--broker', url));
  const named = urls.find(({ username }) => username !== '');
  const username = flags.brokerUser ?? (named && decodeURIComponent(named.username));
  return {
    urls: urls.map(plain),
    username,
    password: passwordOf(urls, env),
    ca: flags.brokerCa === undefined ? undefined : readGiven('--broker-ca', 'bad_broker', flags.brokerCa).toString(),
    boardUrls: flags.boardBroker?.map((url) => plain(parseBroker('--board-broker', url))),
    dynamicSecurity: flags.brokerDynamicSecurity,
  };
}

function passwordOf(urls: readonly URL[], env: Variables): string | undefined {
  const inUrl = urls.find(({ password }) => password !== '')?.password;
  return env[PASSWORD_VARIABLE] ?? (inUrl && decodeURIComponent(inUrl));
}

function parseBroker(flag: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAddress = url && PROTOCOLS.includes(url.protocol) && url.hostname !== '' && ['', '/'].includes(url.pathname);
  if (isAddress && url.search === '' && url.hash === '' && isDecodable(url)) return url;
  // What was given may hold a password, so it is not said again.
  throw new CliError(
    'bad_broker',
    `${flag} must be an address like mqtt://broker.example:1883 or mqtts://broker.example:8883.`,
    2,
  );
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** An address without user and password. */
function plain({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
