import { Command, Option } from 'commander';
import { dataFolder } from './options.js';

/** `smartlink ca`: the certificate authority of the dev cloud. What makes certificates is loaded only for it. */
export function caCommand(): Command {
  const command = new Command('ca')
    .description('Shows or rotates the certificate authority (CA) of the dev cloud, and issues client certificates.')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ca show\n  smartlink ca issue --name phone --out phone.p12\n  smartlink ca rotate',
    )
    .addCommand(showCommand())
    .addCommand(issueCommand())
    .addCommand(rotateCommand());
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}

function showCommand(): Command {
  return withCommonFlags(new Command('show'))
    .description('Shows whom boards and clients have to trust: its file, its fingerprint, how long it is valid.')
    .addHelpText('after', '\nExamples:\n  smartlink ca show\n  smartlink ca show --data ./.smartlink --json')
    .action(async (flags) => (await import('./ca-actions.js')).show(flags));
}

function issueCommand(): Command {
  return withCommonFlags(new Command('issue'))
    .description('Issues a client certificate for the mutual TLS listener, as a PKCS#12 file with a password.')
    .requiredOption('--name <name>', 'of a board its device id, of an app any name')
    .requiredOption('--out <file>', 'file to write; it must not be there yet')
    .addOption(
      new Option('--kind <kind>', "whose it is: a board's opens that board alone")
        .choices(['app', 'board'])
        .default('app'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ca issue --name phone --out phone.p12\n  smartlink ca issue --kind board --name dev_a1b2c3d4 --out board.p12 --json' +
        '\n\nThe development account revokes it by its serial number: DELETE /api/v1/certificates/SERIAL.',
    )
    .action(async (flags) => (await import('./ca-actions.js')).issue(flags));
}

function rotateCommand(): Command {
  return withCommonFlags(new Command('rotate'))
    .description(
      'Makes a new CA beside the present one, while the cloud is stopped. From its next start on the cloud shows certificates of the new one ' +
        'and a cross-certificate, so that whoever trusts only the old one still reaches it; client certificates of both hold.',
    )
    .option(
      '--forget-previous',
      'rotate again, and cut off who knows only the CA before the present one, or shows a certificate of it',
    )
    .addHelpText('after', '\nExamples:\n  smartlink ca rotate\n  smartlink ca rotate --forget-previous --json')
    .action(async (flags) => (await import('./ca-actions.js')).rotate(flags));
}

function withCommonFlags(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of all state', dataFolder, './.smartlink')
    .option('--json', 'one JSON object a line on stdout, logs on stderr');
}
