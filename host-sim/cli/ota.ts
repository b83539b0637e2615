import { Command } from 'commander';

/** `smartlink ota`: the keys that sign what boards take over: firmware, and whom they trust. */
export function otaCommand(): Command {
  const command = new Command('ota')
    .description('Makes the keys that sign what boards take over: firmware, and bundles of environments.')
    .addHelpText('after', '\nExample:\n  smartlink ota keygen --out ota.pem')
    .addCommand(keygenCommand());
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}

function keygenCommand(): Command {
  return new Command('keygen')
    .description('Makes a key (P-256): FILE is the private one, for you alone; FILE.pub is what boards are built with.')
    .requiredOption('--out <file>', 'file to write (PKCS #8 PEM); it must not be there yet')
    .option('--json', 'one JSON object a line on stdout, logs on stderr')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ota keygen --out ota.pem\n  smartlink board --update-key ota.pem.pub',
    )
    .action(async (flags) => (await import('./ota-actions.js')).keygen(flags));
}
