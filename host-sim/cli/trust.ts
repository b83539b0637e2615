import { Command, InvalidArgumentError, Option } from 'commander';
import { isEnvironmentName } from '../../src/core/environment.js';
import { collect, collectKeyIds, wholeNumber } from './options.js';
import type { PackedEnvironment } from './trust-files.js';

/** `smartlink trust`: bundles that tell boards of environments and of whom to trust there. */
export function trustCommand(): Command {
  const command = new Command('trust')
    .description('Packs and shows signed bundles, which tell boards of environments and of whom to trust there.')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink trust pack --key ota.pem --bundle-version 1 --environment dev=https://cloud.example:8443 --ca ca.pem --out dev.json\n' +
        '  smartlink trust show dev.json --update-key ota.pem.pub',
    )
    .addCommand(packCommand())
    .addCommand(showCommand());
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}

function packCommand(): Command {
  const environments: PackedEnvironment[] = [];
  const last = (flag: string): PackedEnvironment => {
    const environment = environments.at(-1);
    if (environment === undefined)
      throw new InvalidArgumentError(`${flag} stands behind the --environment that it is of.`);
    return environment;
  };
  return new Command('pack')
    .description(
      'Signs a bundle. A board takes it if its version is higher than that of the last, and all keys that it wants have signed.',
    )
    .requiredOption(
      '--key <file>',
      'private key that signs, as "smartlink ota keygen" wrote it; may be repeated',
      collect,
    )
    .option(
      '--key-id <id>',
      'its id on the boards, from 0 to 7: one for each --key, in their order (default: 0, of a single key)',
      collectKeyIds,
    )
    .requiredOption(
      '--bundle-version <number>',
      'higher than that of the bundle before',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .requiredOption('--environment <name=url>', 'an environment and its API, https; may be repeated', (text) => {
      environments.push(readEnvironment(text, environments));
      return environments;
    })
    .option('--ca <file>', 'CA of the environment before it, PEM or DER; may be repeated', (file) => {
      last('--ca').ca.push(file);
    })
    .option('--ntp <host>', 'time server of the environment before it', (host) => {
      last('--ntp').ntp = host;
    })
    .requiredOption('--out <file>', 'file to write; it must not be there yet')
    .option('--json', 'one JSON object a line on stdout, logs on stderr')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink trust pack --key ota.pem --bundle-version 1 --environment dev=https://cloud.example:8443 --ca ca.pem --out dev.json\n' +
        '  smartlink trust pack --key a.pem --key b.pem --key-id 0 --key-id 3 --bundle-version 2 \\\n' +
        '    --environment release=https://cloud.example --ca old.pem --ca new.pem --out rotation.json',
    )
    .action(async (flags) => (await import('./trust-actions.js')).pack(flags));
}

function showCommand(): Command {
  return new Command('show')
    .description('Shows what a bundle says, and with the keys of a board whether that would take it.')
    .argument('<file>', 'bundle')
    .addOption(
      new Option('--update-key <file>', 'public key of the board, as FILE or ID=FILE; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--json', 'one JSON object a line on stdout, logs on stderr')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink trust show dev.json\n  smartlink trust show dev.json --update-key ota.pem.pub --json',
    )
    .action(async (file, flags) => (await import('./trust-actions.js')).show(file, flags));
}

function readEnvironment(text: string, others: readonly PackedEnvironment[]): PackedEnvironment {
  const [, name, api] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
  if (!isEnvironmentName(name) || api === undefined) {
    throw new InvalidArgumentError(
      'It must be release, test or dev, then = and the API, like dev=https://cloud.example:8443.',
    );
  }
  if (others.some((other) => other.name === name))
    throw new InvalidArgumentError('Each environment stands in a bundle once.');
  return { name, api, ca: [] };
}
