import { Command } from 'commander';
import { loadProduct } from '../products/load.js';
import { paint, writeJson } from './console.js';
import { addCloudFlags, type CloudFlags, checkCloudFlags } from './options.js';
import { cloudAddresses, introduceCloud, startCloud } from './running-cloud.js';
import { runUntilSignal } from './signals.js';

interface Flags extends CloudFlags {
  readonly product: readonly string[];
}

const DEFAULT_PRODUCT = 'SW-SERVO-001';

/** `smartlink cloud`: the dev cloud alone. */
export function cloudCommand(): Command {
  return addCloudFlags(new Command('cloud'))
    .description('Runs the dev cloud alone: real boards and outside clients connect to it.')
    .option('--product <key or file...>', 'further products that the cloud knows', [])
    .addHelpText('after', '\nExample:\n  smartlink cloud --host 0.0.0.0 --insecure --product SW-RELAY-002')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  for (const note of checkCloudFlags(flags)) process.stderr.write(`${note}\n`);
  const products = [...new Set([DEFAULT_PRODUCT, ...flags.product].map((name) => loadProduct(name)))];
  const cloud = await startCloud(flags, products);
  if (flags.json) writeJson(process.stdout, { event: 'ready', ...cloudAddresses(cloud), boards: [] });
  else {
    process.stdout.write(introduceCloud(cloud));
    process.stdout.write(
      `  Try: ${paint(process.stdout, 'cyan', `smartlink board --cloud ${cloud.apiUrl}`)}\n  Ctrl-C stops it.\n`,
    );
    cloud.events.on('deviceActivated', ({ deviceId, deviceSN }) =>
      process.stdout.write(`  ${deviceId} (${deviceSN}) activated\n`),
    );
    cloud.events.on('deviceOnline', ({ deviceId }) => process.stdout.write(`  ${deviceId} online\n`));
    cloud.events.on('deviceOffline', ({ deviceId }) => process.stdout.write(`  ${deviceId} offline\n`));
  }
  await runUntilSignal(() => cloud.close());
}
