import { isIPv6 } from 'node:net';
import { Command } from 'commander';
import type { Product } from '../../src/core/product.js';
import type { Environment } from '../../src/ports/settings.js';
import type { Cloud } from '../cloud/cloud.js';
import { urlHost } from '../cloud/listen.js';
import { loadProduct } from '../products/load.js';
import { Box } from './box.js';
import { CliError } from './cli-error.js';
import { paint, warnOfProduct, writeJson } from './console.js';
import { Lifetime, type Signals } from './lifetime.js';
import { type Engine, LocalBoards } from './local-boards.js';
import {
  addCloudFlags,
  type CloudFlags,
  checkCloudFlags,
  engineOption,
  requireOption,
  skipProvisioningOption,
  updateKeyOption,
  wholeNumber,
} from './options.js';
import { LiveRecording, recordInto } from './record-file.js';
import { type BoardReporter, JsonReporter, LiveReporter } from './reporter.js';
import { cloudAddresses, introduceCloud, startCloud, suggestBoard } from './running-cloud.js';
import { SimulatedWorld } from './simulated-world.js';
import { readAnchors, updateKeysOf } from './trust-files.js';

interface Flags extends CloudFlags {
  readonly boards: number;
  readonly product: string;
  readonly engine: Engine;
  readonly record?: string;
  readonly skipProvisioning?: boolean;
  readonly tls?: boolean;
  readonly updateKey: readonly string[];
  readonly require?: readonly number[];
}

const DEFAULT_PRODUCT = 'SW-SERVO-001';

/** `smartlink up`: the dev cloud and simulated boards in one process. */
export function upCommand(signals: Signals): Command {
  return addCloudFlags(new Command('up'))
    .description('Runs the dev cloud and simulated boards in one process.')
    .option('--boards <number>', 'simulated boards', wholeNumber(0, 10_000), 1)
    .option('--product <key or file>', 'product of the boards', DEFAULT_PRODUCT)
    .addOption(engineOption())
    .addOption(skipProvisioningOption())
    .option('--tls', 'the boards reach the cloud over TLS alone, by its CA, and from then on never without')
    .addOption(updateKeyOption())
    .addOption(requireOption())
    .option('--record <file>', 'write what happens to the boards, for "smartlink world --replay"')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink up\n  smartlink up --boards 3 --product SW-RELAY-002 --api-port 0 --mqtt-port 0 --json',
    )
    .action((flags: Flags) => run(flags, new Lifetime(signals)));
}

async function run(flags: Flags, life: Lifetime): Promise<void> {
  checkCloudFlags(flags);
  if (flags.boards > 0 && isIPv6(flags.host) && flags.host !== '::') {
    throw new CliError('boards_need_ipv4', `--host ${flags.host}: boards speak IPv4 alone; add --boards 0.`, 2);
  }
  const product = loadProduct(flags.product, warnOfProduct);
  const updateKeys = updateKeysOf(flags);
  const products = [...new Set([loadProduct(DEFAULT_PRODUCT), product])];
  let ready = false;
  const reporter: BoardReporter = flags.json ? new JsonReporter(() => !ready) : new LiveReporter();
  const recording = new LiveRecording(product, true);
  if (flags.record !== undefined) await recordInto(flags.record, recording, life);
  const world = new SimulatedWorld(recording);
  const cloud = await life.start(
    () => startCloud(flags, products, () => reporter.settle(), [world.mount]),
    (started) => started.close(),
  );
  world.trust(cloud);
  if (!flags.json)
    process.stdout.write(`${introduceCloud(cloud, flags, true)}${flags.tls ? introduceTls(cloud, flags) : ''}`);
  const serials = new Map<string, string>();
  cloud.events.on('deviceOnline', ({ deviceId, deviceSN }) => serials.set(deviceId, deviceSN));
  cloud.events.on('commandSent', ({ deviceId, params, repeated }) => {
    const serial = serials.get(deviceId);
    if (!repeated && serial !== undefined) recording.asked(serial, params);
  });
  const box = new Box({
    setUpBy: flags.skipProvisioning ? 'nobody' : 'phone',
    json: flags.json ?? false,
    stream: process.stdout,
    reporter,
  });
  const fleet = await life.start(
    () =>
      LocalBoards.start({
        product,
        count: flags.boards,
        dataDir: flags.data,
        engine: flags.engine,
        settings: {
          environment: {
            name: flags.environment,
            ...(flags.tls ? secured(cloud, flags) : { apiUrl: localUrl(cloud, flags) }),
          },
          ...(updateKeys && { updateKeys }),
        },
        radio: box.radio,
        isPreconfigured: box.isPreconfigured,
        factoryParts: (serial) => {
          const boardKey = cloud.boardKey(product.productKey, serial);
          return boardKey === undefined ? {} : { boardKey: Buffer.from(boardKey).toString('hex') };
        },
        onEvent: (board, event) => {
          reporter.onEvent(board, event);
          box.onEvent(board, event);
          recording.event(board, event);
          world.event(board, event);
        },
        onCrash: (board, crash) => {
          reporter.onCrash(board, crash);
          world.crashed(board);
        },
        onPowerCut: (board) => reporter.onPowerCut(board),
      }),
    (started) => {
      box.close();
      return started.stop();
    },
  );
  // Closed first: nobody is to give power to a board that has been stopped.
  await life.start(
    async () => world.open(fleet.boards, box.radio, { url: localUrl(cloud, flags), dataDir: flags.data }),
    () => world.close(),
  );
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
    process.stdout.write(suggest(cloud, fleet, product, flags));
  }
  await life.untilSignal();
}

/** Where boards in this process reach the cloud: where it listens, which on all addresses is the loopback, too. */
function localHost({ host }: CloudFlags): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : urlHost(host);
}

function localUrl(cloud: Cloud, flags: CloudFlags): string {
  return `http://${localHost(flags)}:${cloud.apiPort}`;
}

/** What a board knows of a cloud that it reaches over TLS. */
function secured({ tls }: Cloud, flags: CloudFlags): Pick<Environment, 'apiUrl' | 'anchors'> {
  return { apiUrl: `https://${localHost(flags)}:${tls!.httpsPort}`, anchors: readAnchors([tls!.caFile], '--tls') };
}

/** That it is not as without `--tls`, and that there is no way back. */
function introduceTls({ tls }: Cloud, { data }: Flags): string {
  const fromNow = data === ':memory:' ? '' : '; from now on this folder wants --tls';
  return `  boards: over TLS alone (CA ${tls!.caFile})${fromNow}\n\n`;
}

/** What a board of each control mode can be told; of a `readonly` one the properties are read. */
const COMMANDS: Readonly<Record<Product['controlMode'], string | undefined>> = {
  toggle: '{"action":"toggle","position":"up"}',
  pulse: '{"action":"trigger"}',
  dimmer: '{"angle":90}',
  generic: '{"action":"toggle","position":"up"}',
  readonly: undefined,
};

/** The next thing to try: commands that can be copied as they are. */
function suggest(cloud: Cloud, fleet: LocalBoards, product: Product, flags: Flags): string {
  const board = fleet.boards[0];
  if (board?.deviceId === undefined) return `${suggestBoard(cloud, flags)}  Ctrl-C stops it.\n\n`;
  const control = COMMANDS[product.controlMode];
  const { username, password = 'YOUR PASSWORD', passwordFile } = cloud.account;
  const account = passwordFile === undefined ? `'${JSON.stringify({ username, password })}'` : `@${passwordFile}`;
  const json = "-H 'Content-Type: application/json'";
  const curl = flags.tls ? `curl -s --cacert ${cloud.tls!.caFile}` : 'curl -s';
  const commands = [
    `API=${flags.tls ? secured(cloud, flags).apiUrl : cloud.apiUrl}/api/v1`,
    `TOKEN=$(${curl} $API/users/login ${json} -d ${account} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    ...(control === undefined
      ? [`${curl} $API/devices/${board.deviceId}/properties -H "Authorization: Bearer $TOKEN"`]
      : [`${curl} $API/devices/${board.deviceId}/control -H "Authorization: Bearer $TOKEN" ${json} -d '${control}'`]),
  ];
  const what = control === undefined ? 'Read it' : 'Move it';
  const lines = commands.map((command) => `  ${paint(process.stdout, 'cyan', command)}\n`).join('');
  return `\n  ${what}, from another terminal in this folder:\n\n${lines}\n  Ctrl-C stops it.\n\n`;
}
