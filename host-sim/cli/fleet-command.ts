import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MOST_BOARDS, type Shard, WHOLE } from '../fleet/shard.js';
import type { FleetFlags } from './fleet-flags.js';
import type { Signals } from './lifetime.js';
import { collect, dataFolder, wholeNumber } from './options.js';

/** Boards of it answer as soon as a relay has switched: no motor turns, no lamp fades. */
const DEFAULT_PRODUCT = 'SW-RELAY-002';
/** The bundle that `scripts/build.mjs` makes of a thread of boards, beside the program's. */
const WORKER = fileURLToPath(new URL('fleet-worker.js', import.meta.url));
const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600 };
const MOST_SECONDS = 7 * 86_400;

/** `smartlink fleet`: many boards against one cloud or any MQTT broker. */
export function fleetCommand(signals: Signals): Command {
  const command = new Command('fleet')
    .description(
      'Runs many boards, whole firmware each, against a cloud or any MQTT broker, and measures how they answer.',
    )
    .option('--boards <number>', 'boards of the whole fleet', wholeNumber(1, MOST_BOARDS), 100)
    .option('--cloud <url>', 'base URL of the cloud at which they activate; its API and WebSocket are measured')
    .option(
      '--broker <url>',
      'or the MQTT broker they connect to, mqtt://[user:password@]host:port, which alone is measured',
    )
    .option('--product <key or file>', 'product of the boards', DEFAULT_PRODUCT)
    .option(
      '--rate <per second>',
      'sets a second over all boards (default: 100, or one a board)',
      numberFrom(0.001, 100_000),
    )
    .option('--for <time>', 'how long is measured: 30, 30s, 10m, 1h', duration, 30)
    .option('--warm-up <time>', 'load before that, which is not', duration, 3)
    .option('--ramp <time>', 'time over which boards are switched on (default: 100 boards a second)', duration)
    .option(
      '--workers <number>',
      'threads for the boards; 0: the one that measures, too',
      wholeNumber(0, 256),
      Math.min(availableParallelism(), 256),
    )
    .addOption(
      new Option('--shard <i/n>', 'the part of the fleet on this machine: 0/3, 1/3, 2/3')
        .argParser(shard)
        .default(WHOLE, 'all of it'),
    )
    .option('--chaos <per second>', 'connections to cut a second, by a reset or silently', numberFrom(0, 1_000), 0)
    .option('--soak', 'boards whose event rings are full already; under node --expose-gc, what memory they keep')
    .option('--ca <file>', 'CA of an https cloud, PEM or DER', collect)
    .option('--data <dir>', 'data folder of that cloud, for its development account', dataFolder)
    .option('--user <name>', 'who measures at the cloud')
    .option('--password <secret>', 'his password; who else is on this machine can see it')
    .option('--password-file <file>', 'or the file that it is in, on one line')
    .option('--insecure', 'allow a password to go over plain HTTP to another machine')
    .option('--json', 'one JSON object a line on stdout')
    .option('--out <file>', 'write the result, as JSON')
    .addHelpText(
      'after',
      `
A set counts from when it was due until its post is there. Exits 0 when all boards came online and nothing was lost or doubled.

Examples:
  smartlink fleet --boards 1000 --broker mqtt://127.0.0.1:1883 --rate 500 --for 30s
  smartlink cloud --activation-rate 0              and, in another terminal of the same folder:
  smartlink fleet --boards 1000 --cloud http://127.0.0.1:8080 --rate 500 --out result.json
  smartlink fleet --boards 2000 --broker mqtt://127.0.0.1:1883 --chaos 5 --for 10m --workers 0
  smartlink fleet --boards 30000 --broker mqtt://10.0.0.5:1883 --shard 1/3 --out b.json    on the second of three machines
  smartlink fleet merge a.json b.json c.json       adds up what three machines have measured`,
    )
    .action(async (flags: FleetFlags) => {
      const { runFleet } = await import('./fleet-actions.js');
      await runFleet(flags, WORKER, signals);
    })
    .addCommand(mergeCommand());
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}

function mergeCommand(): Command {
  return new Command('merge')
    .description('Adds up the results of the machines that ran one fleet.')
    .argument('<file...>', 'results, as --out wrote them')
    .option('--json', 'print the sum as JSON')
    .option('--out <file>', 'write the sum, as JSON')
    .addHelpText('after', '\nExample:\n  smartlink fleet merge a.json b.json c.json --out all.json')
    .action(async (files: string[], _flags: object, command: Command) => {
      const { mergeFleets } = await import('./fleet-actions.js');
      // Its parent has flags of these names, too.
      mergeFleets(files, command.optsWithGlobals());
    });
}

/** Seconds. */
function duration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,7}(?:\.\d{1,3})?)([smh]?)$/.exec(text) ?? [];
  const seconds = digits === '' ? Number.NaN : Number(digits) * UNITS[unit]!;
  if (seconds <= MOST_SECONDS) return seconds;
  throw new InvalidArgumentError('It must be a time of up to a week, like 30, 30s, 10m or 1h.');
}

function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

function shard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (index !== undefined && Number(index) < Number(of)) return { index: Number(index), of: Number(of) };
  throw new InvalidArgumentError('It must be i/n, with i from 0 to n - 1: 0/3, 1/3, 2/3.');
}
