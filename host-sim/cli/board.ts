import { Command, Option } from 'commander';
import { loadProduct } from '../products/load.js';
import { Box, type SetUpBy } from './box.js';
import { CliError } from './cli-error.js';
import { paint, warn, warnOfProduct, writeJson } from './console.js';
import { readFactoryFile } from './factory-file.js';
import type { FactoryParts } from './label.js';
import { Lifetime, type Signals } from './lifetime.js';
import { type Engine, LocalBoards } from './local-boards.js';
import {
  collect,
  dataFolder,
  engineOption,
  environmentOption,
  port,
  requireOption,
  SERIAL,
  skipProvisioningOption,
  updateKeyOption,
  wholeNumber,
} from './options.js';
import { LiveRecording, recordInto } from './record-file.js';
import { type BoardReporter, JsonReporter, LiveReporter } from './reporter.js';
import { startSerial } from './serial-lines.js';
import { readTrustFlags, type TrustFlags } from './trust-files.js';

interface Flags extends TrustFlags {
  readonly cloud: string;
  readonly product: string;
  readonly boards: number;
  readonly sn?: string;
  readonly boardKey?: string;
  readonly factory?: string;
  readonly data: string;
  readonly engine: Engine;
  readonly record?: string;
  readonly skipProvisioning?: boolean;
  readonly setUp?: boolean;
  readonly serialPort?: number;
  readonly serial?: 'stdio';
  readonly json?: boolean;
}

/** Flags that say who the one board is. */
const ONE_BOARD = { sn: '--sn', boardKey: '--board-key', factory: '--factory' } as const;

/** `smartlink board`: simulated boards against any SmartLink cloud. */
export function boardCommand(signals: Signals): Command {
  return new Command('board')
    .description('Runs simulated boards against any SmartLink cloud.')
    .option('--cloud <url>', 'base URL of the cloud', 'http://127.0.0.1:8080')
    .option('--product <key or file>', 'product key, or a product definition', 'SW-SERVO-001')
    .option('--boards <number>', 'simulated boards', wholeNumber(1, 10_000), 1)
    .option('--sn <serial>', 'serial number of the one board')
    .option('--board-key <hex>', 'key with which the one board signs its activation: 64 hex digits')
    .option('--factory <file>', 'factory record of the one board, as "smartlink factory" writes it')
    .option('--data <dir>', 'folder of the boards\' flash; ":memory:" keeps nothing', dataFolder, './.smartlink')
    .addOption(engineOption())
    .addOption(environmentOption())
    .option(
      '--ca <file>',
      'CA of that environment, PEM or DER: then MQTT is over TLS, and with --cloud https://… all is; may be repeated',
      collect,
      [],
    )
    .option('--environments <file>', 'the others that the boards know: {"test":{"api":URL,"ca":FILE}}')
    .addOption(updateKeyOption())
    .addOption(requireOption())
    .addOption(skipProvisioningOption())
    .option('--set-up', 'a phone sets them up (default, unless somebody has their serial line)')
    .option('--no-set-up', 'leave them to you: says where the page is and what the label says')
    .option(
      '--serial-port <port>',
      'serial line of the board as a TCP port on 127.0.0.1; of the next one the next',
      port,
    )
    .addOption(new Option('--serial <where>', 'serial line of the one board on stdin and stdout').choices(['stdio']))
    .option('--record <file>', 'write what happens to the boards, for "smartlink world --replay"')
    .option('--json', 'one JSON object a line on stdout, logs on stderr')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink board --cloud http://192.168.1.10:8080\n  smartlink board --product ./my-relay.json --sn AABBCCDDEEFF --json\n' +
        '  smartlink board --cloud https://127.0.0.1:8443 --ca .smartlink/ca.pem',
    )
    .action((flags: Flags) => run(flags, new Lifetime(signals)));
}

async function run(flags: Flags, life: Lifetime): Promise<void> {
  check(flags);
  const { serial: sn, ...factoryParts } = factoryOf(flags);
  const { anchors: factoryAnchors = [] } = factoryParts;
  const trust = readTrustFlags(flags, { flag: '--cloud', text: flags.cloud, factoryAnchors });
  if (flags.cloud.startsWith('http:') && flags.ca.length + factoryAnchors.length > 0) {
    warn(`--cloud ${flags.cloud}: activation, and with it the MQTT password, goes in the clear; give https://.`);
  }
  const product = loadProduct(flags.product, warnOfProduct);
  // Where stdout is the serial line, a person reads the other one.
  const stream = flags.serial === undefined ? process.stdout : process.stderr;
  const reporter: BoardReporter = flags.json ? new JsonReporter() : new LiveReporter(stream);
  if (!flags.json) {
    const boards = flags.boards === 1 ? '1 board' : `${flags.boards} boards`;
    stream.write(`\n  ${boards} of ${product.productKey}, cloud ${flags.cloud}\n\n`);
  }
  // Of the commands of a cloud that runs elsewhere it sees what comes of them.
  const recording = flags.record === undefined ? undefined : new LiveRecording(product, false);
  if (recording) await recordInto(flags.record!, recording, life);
  const box = new Box({ setUpBy: whoSetsUp(flags), json: flags.json ?? false, stream, reporter });
  const fleet = await life.start(
    () =>
      LocalBoards.start({
        product,
        count: flags.boards,
        ...(sn === undefined ? {} : { serial: sn }),
        dataDir: flags.data,
        engine: flags.engine,
        settings: trust,
        radio: box.radio,
        isPreconfigured: box.isPreconfigured,
        factoryParts: () => factoryParts,
        onEvent: (board, event) => {
          reporter.onEvent(board, event);
          box.onEvent(board, event);
          recording?.event(board, event);
        },
        onCrash: (board, crash) => reporter.onCrash(board, crash),
      }),
    (started) => {
      box.close();
      return started.stop();
    },
  );
  const serial = await life.start(
    () => startSerial(fleet.boards, flags),
    (started) => started.close(),
  );
  for (const { board, port } of serial.ports) {
    if (flags.json) writeJson(process.stdout, { event: 'serial', deviceSN: board.serial, port });
    else stream.write(`  Serial line of ${board.serial}: 127.0.0.1:${port} (TCP)\n`);
  }
  await fleet.allOnline();
  if (flags.json) {
    writeJson(process.stdout, {
      event: 'ready',
      boards: fleet.boards.map((board) => ({
        deviceId: board.deviceId,
        productKey: product.productKey,
        deviceSN: board.serial,
      })),
    });
  } else {
    reporter.settle();
    stream.write(`\n  ${paint(stream, 'green', 'All online.')} Ctrl-C stops it.\n\n`);
  }
  await life.untilSignal();
}

/** What the one board has been given. */
function factoryOf({ sn, boardKey, factory }: Flags): FactoryParts & { readonly serial?: string } {
  if (factory !== undefined) return readFactoryFile(factory);
  return { ...(sn !== undefined && { serial: sn }), ...(boardKey !== undefined && { boardKey }) };
}

function whoSetsUp({ skipProvisioning, setUp, serialPort, serial }: Flags): SetUpBy {
  if (skipProvisioning) return 'nobody';
  return (setUp ?? (serialPort === undefined && serial === undefined)) ? 'phone' : 'person';
}

function check(flags: Flags): void {
  if (flags.serial !== undefined && (flags.json || flags.boards !== 1 || flags.serialPort !== undefined)) {
    throw new CliError(
      'serial_needs_stdio',
      '--serial stdio has stdin and stdout for one board alone: leave --json, --boards and --serial-port away.',
      2,
    );
  }
  for (const flag of ['sn', 'boardKey', 'factory'] as const) {
    if (flags[flag] === undefined || flags.boards === 1) continue;
    throw new CliError('sn_needs_one_board', `${ONE_BOARD[flag]} is for one board: leave --boards away.`, 2);
  }
  if (flags.factory !== undefined && (flags.sn !== undefined || flags.boardKey !== undefined)) {
    throw new CliError('factory_says_all', '--factory says who the board is: leave --sn and --board-key away.', 2);
  }
  if (flags.boardKey !== undefined && !/^[0-9A-Fa-f]{64}$/.test(flags.boardKey)) {
    throw new CliError('bad_board_key', '--board-key must be 64 hex digits.', 2);
  }
  if (flags.sn === undefined) return;
  if (!SERIAL.test(flags.sn)) {
    throw new CliError('bad_serial', '--sn must be 1 to 64 letters, digits, "-" or "_".', 2);
  }
}
