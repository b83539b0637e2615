import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { boardCommand } from './board.js';
import { caCommand } from './ca.js';
import { CliError } from './cli-error.js';
import { cloudCommand } from './cloud.js';
import { paint, writeJson } from './console.js';
import { explain } from './explain.js';
import { factoryCommand } from './factory.js';
import { fleetCommand } from './fleet-command.js';
import type { Signals } from './lifetime.js';
import { otaCommand } from './ota.js';
import { productCommand } from './product.js';
import { trustCommand } from './trust.js';
import { upCommand } from './up.js';
import { worldCommand } from './world.js';

function createProgram(signals: Signals): Command {
  const program = new Command('smartlink')
    .description('SmartLink: ESP32 firmware in TypeScript, its simulated boards, and the cloud they talk to.')
    .version(version)
    .option('--verbose', 'print the stack of an error')
    .configureOutput({ outputError: (text, write) => write(paint(process.stderr, 'red', text)) })
    .addHelpText(
      'after',
      `
Examples:
  smartlink up                                     a dev cloud and one board, in one process
  smartlink up --boards 3 --json                   the same for a script: the first line is {"event":"ready",…}
  smartlink cloud --host 0.0.0.0 --insecure        a dev cloud that real boards can reach
  smartlink board --cloud http://127.0.0.1:8080    a simulated board against a cloud that runs already
  smartlink factory --sn 24A160C0FFEE              a board's factory record, to be flashed, and its label
  smartlink ca show                                whom boards and clients have to trust
  smartlink ota --help                             keys, packages of firmware, and their way to boards
  smartlink trust show bundle.json                 what a signed bundle tells boards to trust
  smartlink world --scenario day-at-home --seed 1  a house of boards in virtual time, with faults
  smartlink fleet --boards 1000 --broker mqtt://127.0.0.1:1883 --rate 500    how fast a thousand boards answer`,
    )
    .addCommand(upCommand(signals))
    .addCommand(cloudCommand(signals))
    .addCommand(boardCommand(signals))
    .addCommand(caCommand())
    .addCommand(factoryCommand())
    .addCommand(otaCommand(signals))
    .addCommand(trustCommand())
    .addCommand(productCommand())
    .addCommand(worldCommand(signals))
    .addCommand(fleetCommand(signals));
  for (const command of [program, ...program.commands])
    command.exitOverride().showHelpAfterError('(add --help for examples)');
  return program;
}

/** Turns whatever went wrong into one sentence on stderr (and an `error` line for scripts) and an exit code. */
function fail(error: unknown): never {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  const known = error instanceof CliError ? error : explain(error);
  if (process.argv.includes('--json'))
    writeJson(process.stdout, { event: 'error', code: known.code, message: known.message });
  process.stderr.write(`${paint(process.stderr, 'red', 'error:')} ${known.message}\n`);
  if (process.argv.includes('--verbose') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(known.exitCode);
}

/** Runs the program as its arguments say. It ends the process. */
export async function run(signals: Signals): Promise<void> {
  // Whoever read this output (`| head`) has gone: there is nobody to tell any more.
  let gone = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fail(error);
    if (!gone) signals.onSignal('SIGPIPE');
    gone = true;
  });
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  await createProgram(signals).parseAsync().catch(fail);
}
