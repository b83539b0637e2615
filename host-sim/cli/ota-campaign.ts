import { Command, InvalidArgumentError } from 'commander';
import { addLoginFlags, LOGIN_HELP } from './cloud-login.js';
import type { Signals } from './lifetime.js';
import { collect, wholeNumber } from './options.js';

const percent = wholeNumber(1, 100);

/** `smartlink ota campaign`: brings a package to boards, a few at first. */
export function campaignCommand(signals: Signals): Command {
  const command = new Command('campaign')
    .description('Brings a package to boards, a few of them first, and stops when too many fail.')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ota campaign create --package pkg_0123456789abcdef --stage 1 --stage 10 --watch\n' +
        '  smartlink ota campaign show camp_0123456789abcdef --watch\n  smartlink ota campaign abort camp_0123456789abcdef',
    )
    .addCommand(createCommand(signals))
    .addCommand(listCommand())
    .addCommand(showCommand(signals))
    .addCommand(deedCommand('pause', 'Tells no further boards; those that were told go on.'))
    .addCommand(deedCommand('resume', 'Goes on with a campaign that is paused.'))
    .addCommand(deedCommand('abort', 'Ends a campaign: nobody is told any more, and no further bytes are given out.'))
    .addCommand(
      deedCommand('retry', 'Tells the boards again that failed or were left out, also of a campaign that had ended.'),
    );
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}

function createCommand(signals: Signals): Command {
  return withCommonFlags(new Command('create'))
    .description('Begins a campaign, over boards of the product whose version is below that of the package.')
    .requiredOption('--package <id>', 'package, as "smartlink ota publish" told it')
    .option('--device <id>', 'board that is in it; may be repeated (default: all that you may control)', collect)
    .option('--percent <number>', 'or a share of those, by chance', percent)
    .option('--name <text>', 'what to call it')
    .option('--stage <percent>', 'of the boards that are in it, to begin with; may be repeated, and all follow', rising)
    .option('--stage-hours <hours>', 'from one stage to the next at least (default: 24)', wholeNumber(0, 8_760))
    .option('--abort-percent <number>', 'share of failures that ends it (default: 10)', percent)
    .option(
      '--silent-minutes <minutes>',
      'a board that was told and is silent for so long has failed (default: 120)',
      wholeNumber(1, 10_080),
    )
    .option('--watch', 'show how it goes, until it is over')
    .addHelpText(
      'after',
      `${LOGIN_HELP}\n\nExamples:\n  smartlink ota campaign create --package pkg_0123456789abcdef --device dev_a1b2c3d4 --watch\n` +
        '  smartlink ota campaign create --package pkg_0123456789abcdef --stage 1 --stage 10 --stage-hours 48 --abort-percent 5',
    )
    .action(async (flags) => (await import('./ota-campaign-actions.js')).create(flags, signals));
}

function listCommand(): Command {
  return withCommonFlags(new Command('list'))
    .description('Lists the campaigns, the newest first.')
    .addHelpText(
      'after',
      `${LOGIN_HELP}\n\nExamples:\n  smartlink ota campaign list\n  smartlink ota campaign list --json`,
    )
    .action(async (flags) => (await import('./ota-campaign-actions.js')).list(flags));
}

function showCommand(signals: Signals): Command {
  return withCommonFlags(new Command('show'))
    .description('Says how far a campaign is, which boards are at it, and why others failed.')
    .argument('<id>', 'campaign')
    .option('--watch', 'go on showing it until it is over')
    .addHelpText(
      'after',
      `\nWith --watch it exits 0 when the campaign is completed, 1 when it was aborted, 130 or 143 when it was stopped before (SIGINT, SIGTERM).\n${LOGIN_HELP}\n\nExamples:\n` +
        '  smartlink ota campaign show camp_0123456789abcdef\n  smartlink ota campaign show camp_0123456789abcdef --watch --json',
    )
    .action(async (id, flags) => (await import('./ota-campaign-actions.js')).show(id, flags, signals));
}

function deedCommand(deed: 'pause' | 'resume' | 'abort' | 'retry', description: string): Command {
  return withCommonFlags(new Command(deed))
    .description(description)
    .argument('<id>', 'campaign')
    .addHelpText('after', `${LOGIN_HELP}\n\nExample:\n  smartlink ota campaign ${deed} camp_0123456789abcdef`)
    .action(async (id, flags) => (await import('./ota-campaign-actions.js')).steer(deed, id, flags));
}

function withCommonFlags(command: Command): Command {
  return addLoginFlags(command).option('--json', 'one JSON object a line on stdout, logs on stderr');
}

function rising(text: string, before: readonly number[] = []): number[] {
  const stage = percent(text);
  if (stage <= (before.at(-1) ?? 0)) throw new InvalidArgumentError('Each stage is larger than the one before.');
  return [...before, stage];
}
