import { Command, Option } from 'commander';
import { loadProduct } from '../products/load.js';
import { warnOfProduct, writeJson } from './console.js';
import { Lifetime, type Signals } from './lifetime.js';
import { addCloudFlags, type CloudFlags, checkCloudFlags } from './options.js';
import { cloudAddresses, introduceCloud, startCloud, suggestBoard } from './running-cloud.js';

interface Flags extends CloudFlags {
  readonly product: readonly string[];
}

const DEFAULT_PRODUCT = 'SW-SERVO-001';

/** `smartlink cloud`: the dev cloud alone. */
export function cloudCommand(signals: Signals): Command {
  return addCloudFlags(new Command('cloud'))
    .description('Runs the dev cloud alone: real boards and outside clients connect to it.')
    .addOption(new Option('--product <key or file...>', 'further products that the cloud knows').default([], 'none'))
    .addHelpText('after', '\nExample:\n  smartlink cloud --host 0.0.0.0 --insecure --product SW-RELAY-002')
    .action((flags: Flags) => run(flags, new Lifetime(signals)));
}

async function run(flags: Flags, life: Lifetime): Promise<void> {
  checkCloudFlags(flags);
  const products = [...new Set([DEFAULT_PRODUCT, ...flags.product].map((name) => loadProduct(name, warnOfProduct)))];
  const cloud = await life.start(
    () => startCloud(flags, products),
    (started) => started.close(),
  );
  if (flags.json) writeJson(process.stdout, { event: 'ready', ...cloudAddresses(cloud), boards: [] });
  else {
    process.stdout.write(introduceCloud(cloud, flags));
    process.stdout.write(`${suggestBoard(cloud, flags)}  Ctrl-C stops it.\n\n`);
    cloud.events.on('deviceActivated', ({ deviceId, deviceSN }) =>
      process.stdout.write(`  ${deviceId} (${deviceSN}) activated\n`),
    );
    cloud.events.on('deviceOnline', ({ deviceId }) => process.stdout.write(`  ${deviceId} online\n`));
    cloud.events.on('deviceOffline', ({ deviceId }) => process.stdout.write(`  ${deviceId} offline\n`));
  }
  await life.untilSignal();
}
