import { Command } from 'commander';
import { checkCommand } from './product-check.js';
import { newCommand } from './product-new.js';

/** `smartlink product`: definitions, checked and made. */
export function productCommand(): Command {
  const command = new Command('product')
    .description('Checks product definitions, and makes new ones.')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink product check ./my-lamp.json\n  smartlink product new --from SW-DIM-001',
    )
    .addCommand(checkCommand())
    .addCommand(newCommand());
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}
