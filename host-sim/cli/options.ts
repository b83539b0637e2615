import { type Command, InvalidArgumentError, Option } from 'commander';
import { ENVIRONMENT_NAMES, type EnvironmentName } from '../../src/core/environment.js';
import { MAX_KEYS } from '../../src/core/jws.js';
import { USER_DOMAIN_FORM, USER_DOMAIN_SECRET_FORM } from '../cloud/domain/end-users/user-domain.js';
import { type BrokerFlags, checkBrokerFlags } from './broker-options.js';
import { CliError } from './cli-error.js';
import { LOOPBACK } from './loopback.js';
import { type HookFlags, mqttHooks } from './mqtt-hooks.js';
import type { Ports } from './port-memory.js';

/** Flags that `up` and `cloud` share. */
export interface CloudFlags extends BrokerFlags, HookFlags {
  readonly host: string;
  readonly apiPort: number;
  readonly httpsPort?: number;
  readonly wsPort?: number;
  readonly data: string;
  readonly environment: EnvironmentName;
  readonly publicHost?: string;
  readonly reconnectSpread: number;
  readonly activationRate?: number;
  readonly user?: string;
  readonly password?: string;
  readonly userDomain?: string;
  readonly userDomainSecret?: string;
  readonly socialProvider: readonly string[];
  readonly insecure?: boolean;
  readonly json?: boolean;
}

/** A whole number from `min` to `max`, for a flag. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** For a flag that may be repeated. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** Ids of update keys, for a flag that may be repeated. */
export function collectKeyIds(text: string, ids: readonly number[] = []): number[] {
  return [...ids, wholeNumber(0, MAX_KEYS - 1)(text)];
}

/** Whose updates and bundles simulated boards take. */
export function updateKeyOption(): Option {
  const what = 'public key that signs updates and bundles for the boards, as FILE or ID=FILE; may be repeated';
  return new Option('--update-key <file>', what).argParser(collect).default([], 'none');
}

/** Which of those must have signed. */
export function requireOption(): Option {
  const what = 'id of a key that must sign them; may be repeated (default: all of --update-key)';
  return new Option('--require <id>', what).argParser(collectKeyIds);
}

export const port = wholeNumber(0, 65_535);

/** A host name or address, for a flag; clients are told it as it is. */
function hostName(text: string): string {
  if (/^[A-Za-z0-9._:-]{1,253}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a host name or an IP address.');
}

/** A folder, for a flag. An empty one is most often a variable of a script that was not set. */
export function dataFolder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must name a folder, or be ":memory:".');
  return text;
}

export function environmentOption(): Option {
  return new Option('--environment <name>', 'environment that the boards are in')
    .choices(ENVIRONMENT_NAMES)
    .default('dev');
}

const DEFAULT_PORTS = { httpsPort: 8443, mqttPort: 1883, mqttsPort: 8883, mtlsPort: 18_760, wsPort: 8083 } as const;

function byDefault(name: keyof typeof DEFAULT_PORTS): string {
  return `(default: ${DEFAULT_PORTS[name]}, or any free port where another is 0)`;
}

/** Adds the flags that `up` and `cloud` share. */
export function addCloudFlags(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--api-port <port>', 'HTTP API (0: any free port)', port, 8080)
    .option('--https-port <port>', `the API and the WebSocket over TLS ${byDefault('httpsPort')}`, port)
    .option('--mqtt-port <port>', 'MQTT over TCP (0: any free port; default: 1883)', port)
    .option('--mqtts-port <port>', `MQTT over TLS ${byDefault('mqttsPort')}`, port)
    .option('--mtls-port <port>', `MQTT over TLS, client certificate required ${byDefault('mtlsPort')}`, port)
    .option('--ws-port <port>', `WebSocket at /mqtt ${byDefault('wsPort')}`, port)
    .option('--data <dir>', 'folder of all state; ":memory:" keeps nothing', dataFolder, './.smartlink')
    .option(
      '--broker <url>',
      'work over this MQTT broker instead of an own one: mqtt:// or mqtts://; may be repeated for the nodes of a cluster',
      collect,
    )
    .option('--broker-user <name>', "the cloud's own account there; its password in SMARTLINK_BROKER_PASSWORD")
    .option('--broker-ca <file>', 'CA of an mqtts broker, PEM (default: those that this machine knows)')
    .option(
      '--board-broker <url>',
      'where boards find the broker, if elsewhere: mqtt:// and mqtts://, one each',
      collect,
    )
    .option('--broker-dynamic-security', "write the list of clients of Mosquitto's dynamic-security plugin")
    .addOption(environmentOption())
    .option('--public-host <name>', 'host name that boards are given for MQTT (default: the one they called)', hostName)
    .option(
      '--reconnect-spread <seconds>',
      'time over which a fleet comes back after an outage',
      wholeNumber(0, 3_600),
      10,
    )
    .option('--activation-rate <per second>', 'activations accepted a second, 0: no limit', wholeNumber(0, 100_000))
    .option('--user <name>', 'name of the development account')
    .option('--password <secret>', 'password of the development account')
    .option('--user-domain <name>', 'user domain by which apps of end users ask (default: one that is made)')
    .option('--user-domain-secret <secret>', 'what those apps sign with, at least 16 characters')
    .option(
      '--mqtt-hook-from <addresses>',
      'addresses or networks, with commas, from which an external MQTT broker may ask who may connect',
      (text: string) => text.split(',').map((address) => address.trim()),
    )
    .option(
      '--mqtt-hook-secret <secret>',
      'what that broker sends as X-Hook-Secret, at least 16 characters; better in SMARTLINK_MQTT_HOOK_SECRET',
    )
    .addOption(
      new Option(
        '--social-provider <file>',
        'identity provider whose ID tokens log users in: JSON with name, issuer, audience and jwks; may be repeated',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--insecure', 'allow plain HTTP, MQTT and WebSocket on an address that others can reach')
    .option('--json', 'one JSON object a line on stdout, logs on stderr');
}

/**
 * The ports to listen on. Who takes any port for the API or MQTT, as scripts that run side by side do, gets any for those that
 * he does not name. Over a broker of somebody else's nobody asks for those of the own one.
 */
export function cloudPorts(flags: CloudFlags): Ports {
  const { apiPort } = flags;
  const any = apiPort === 0 || flags.mqttPort === 0;
  const named = (name: keyof typeof DEFAULT_PORTS): number => flags[name] ?? (any ? 0 : DEFAULT_PORTS[name]);
  const isOwn = flags.broker === undefined;
  return {
    apiPort,
    httpsPort: named('httpsPort'),
    mqttPort: isOwn ? (flags.mqttPort ?? DEFAULT_PORTS.mqttPort) : 0,
    mqttsPort: isOwn ? named('mqttsPort') : 0,
    mtlsPort: isOwn ? named('mtlsPort') : 0,
    wsPort: named('wsPort'),
  };
}

/** A serial number. */
export const SERIAL = /^[A-Za-z0-9_-]{1,64}$/;

/** Refuses flags that contradict each other or that would be unsafe. */
export function checkCloudFlags(flags: CloudFlags): void {
  if (!LOOPBACK.test(flags.host) && !flags.insecure) {
    throw new CliError(
      'insecure_host',
      `--host ${flags.host} can be reached by others, and HTTP, MQTT and WebSocket are not encrypted: add --insecure if that is wanted.`,
      2,
    );
  }
  checkBrokerFlags(flags);
  if ((flags.user === undefined) !== (flags.password === undefined)) {
    throw new CliError('incomplete_account', '--user and --password go together: give both or neither.', 2);
  }
  if ((flags.userDomain === undefined) !== (flags.userDomainSecret === undefined)) {
    throw new CliError(
      'incomplete_user_domain',
      '--user-domain and --user-domain-secret go together: give both or neither.',
      2,
    );
  }
  if (flags.userDomain !== undefined && !USER_DOMAIN_FORM.test(flags.userDomain)) {
    throw new CliError(
      'invalid_user_domain',
      '--user-domain must be 1 to 64 letters, digits, dots, hyphens or underscores, as in C.DM.10271.5.',
      2,
    );
  }
  if (flags.userDomainSecret !== undefined && !USER_DOMAIN_SECRET_FORM.test(flags.userDomainSecret)) {
    throw new CliError(
      'invalid_user_domain',
      '--user-domain-secret must be 16 to 128 characters of ASCII without spaces.',
      2,
    );
  }
  mqttHooks(flags);
}

/** For those in a hurry. */
export function skipProvisioningOption(): Option {
  return new Option('--skip-provisioning', 'boards know their network from the start: nobody has to set them up');
}

/** Which engine runs the firmware. */
export function engineOption(): Option {
  return new Option('--engine <engine>', 'what runs the firmware: this process, or an XS engine a board')
    .choices(['node', 'xs'])
    .default('node');
}
