import { Command } from 'commander';
import type { Cloud } from '../cloud/cloud.js';
import { loadProduct } from '../products/load.js';
import { paint, writeJson } from './console.js';
import { type Engine, Fleet } from './fleet.js';
import { addCloudFlags, type CloudFlags, checkCloudFlags, engineOption, wholeNumber } from './options.js';
import { type BoardReporter, JsonReporter, LiveReporter } from './reporter.js';
import { cloudAddresses, introduceCloud, startCloud } from './running-cloud.js';
import { runUntilSignal } from './signals.js';

interface Flags extends CloudFlags {
  readonly boards: number;
  readonly product: string;
  readonly engine: Engine;
}

const DEFAULT_PRODUCT = 'SW-SERVO-001';

/** `smartlink up`: the dev cloud and simulated boards in one process. */
export function upCommand(): Command {
  return addCloudFlags(new Command('up'))
    .description('Runs the dev cloud and simulated boards in one process.')
    .option('--boards <number>', 'simulated boards', wholeNumber(0, 10_000), 1)
    .option('--product <key or file>', 'product of the boards', DEFAULT_PRODUCT)
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink up\n  smartlink up --boards 3 --product SW-RELAY-002 --api-port 0 --mqtt-port 0 --json',
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  for (const note of checkCloudFlags(flags)) process.stderr.write(`${note}\n`);
  const product = loadProduct(flags.product);
  const products = [...new Set([loadProduct(DEFAULT_PRODUCT), product])];
  const cloud = await startCloud(flags, products);
  let fleet: Fleet | undefined;
  let ready = false;
  const stop = async (): Promise<void> => {
    await fleet?.stop();
    await cloud.close();
  };
  const ended = runUntilSignal(stop);
  if (!flags.json) process.stdout.write(introduceCloud(cloud));
  const reporter: BoardReporter = flags.json ? new JsonReporter(() => !ready) : new LiveReporter();
  try {
    fleet = await Fleet.start({
      product,
      count: flags.boards,
      dataDir: flags.data,
      engine: flags.engine,
      environment: { name: flags.environment, apiUrl: localUrl(cloud) },
      onEvent: (board, event) => reporter.onEvent(board, event),
      onCrash: (board, crash) => reporter.onCrash(board, crash),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  await fleet.allOnline();
  ready = true;
  if (flags.json) {
    writeJson(process.stdout, {
      event: 'ready',
      ...cloudAddresses(cloud),
      boards: fleet.boards.map((board) => ({
        deviceId: board.deviceId,
        productKey: product.productKey,
        deviceSN: board.serial,
      })),
    });
  } else {
    reporter.settle();
    process.stdout.write(suggest(cloud, fleet));
  }
  await ended;
}

/** Boards in this process reach the cloud over the loopback, wherever else it listens. */
function localUrl(cloud: Cloud): string {
  return `http://127.0.0.1:${cloud.apiPort}`;
}

/** The next thing to try: commands that can be copied as they are. */
function suggest(cloud: Cloud, fleet: Fleet): string {
  const board = fleet.boards[0];
  if (board?.deviceId === undefined) return '  No boards. Ctrl-C stops it.\n';
  const { username, password = 'YOUR PASSWORD', passwordFile } = cloud.account;
  const account = passwordFile === undefined ? `'${JSON.stringify({ username, password })}'` : `@${passwordFile}`;
  const json = "-H 'Content-Type: application/json'";
  const commands = [
    `API=${cloud.apiUrl}/api/v1`,
    `TOKEN=$(curl -s $API/users/login ${json} -d ${account} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    `curl -s $API/devices/${board.deviceId}/control -H "Authorization: Bearer $TOKEN" ${json} -d '{"action":"toggle","position":"up"}'`,
  ];
  const lines = commands.map((command) => `  ${paint(process.stdout, 'cyan', command)}\n`).join('');
  return `\n  Move it, from another terminal in this folder:\n\n${lines}\n  Ctrl-C stops it.\n\n`;
}
