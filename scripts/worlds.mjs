// Runs the virtual worlds that must hold: `node scripts/worlds.mjs` what CI runs, `--nightly` as many as a night has room for.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..');
/** Scenarios, and how many seeds CI gives them; a night gives each of them so many times more. */
const WORLDS = [
  { scenario: 'short', seeds: 500 },
  { scenario: 'month-with-a-bad-router', seeds: 3, nightly: 10 },
  { scenario: 'broker-down', seeds: 1, nightly: 10 },
  { scenario: 'fleet-drop', seeds: 1, nightly: 10 },
  { scenario: 'fleet-drop-spread', seeds: 1, nightly: 10 },
  { scenario: 'activation', seeds: 20 },
  { scenario: 'day-at-home', seeds: 4 },
  { scenario: 'power-flicker', seeds: 20 },
  { scenario: 'stuck-and-bouncing', seeds: 8 },
  { scenario: 'hub-away', seeds: 6 },
  { scenario: 'local-control-without-internet', seeds: 6 },
  { scenario: 'router-reboot', seeds: 8 },
  { scenario: 'cloud-moved', seeds: 8 },
  { scenario: 'offline-events', seeds: 8 },
  { scenario: 'no-ntp', seeds: 6 },
  { scenario: 'out-of-the-box', seeds: 12 },
  { scenario: 'moving-in', seeds: 12 },
  { scenario: 'thief-outside', seeds: 6 },
  { scenario: 'short-tls', seeds: 100 },
  { scenario: 'man-in-the-middle', seeds: 6 },
  { scenario: 'ca-rotated', seeds: 6 },
  { scenario: 'environment-moved', seeds: 6 },
  { scenario: 'trust-month', seeds: 1, nightly: 10 },
  { scenario: 'update-day', seeds: 3 },
  { scenario: 'update-day-tls', seeds: 2 },
  { scenario: 'update-cuts', seeds: 10 },
  { scenario: 'update-way', seeds: 5 },
  { scenario: 'bad-build', seeds: 2 },
  { scenario: 'bad-tenth', seeds: 1 },
  { scenario: 'old-builds', seeds: 2 },
  { scenario: 'key-rotated', seeds: 1 },
  { scenario: 'short-update', seeds: 15 },
];
/** How many times more a night has, where a world does not say. */
const NIGHTLY = 20;

const { values } = parseArgs({
  options: { nightly: { type: 'boolean' }, from: { type: 'string', default: '1' } },
});

let failed = 0;
const began = Date.now();
for (const { scenario, seeds, nightly = NIGHTLY } of WORLDS) {
  const count = values.nightly ? seeds * nightly : seeds;
  process.stdout.write(`\n${scenario}, ${count} ${count === 1 ? 'seed' : 'seeds'}\n`);
  const args = ['world', '--scenario', scenario, '--seed', values.from, '--seeds', String(count)];
  const { status } = spawnSync(process.execPath, [join(ROOT, 'dist/smartlink.js'), ...args], { stdio: 'inherit' });
  if (status !== 0) failed++;
}
const minutes = ((Date.now() - began) / 60_000).toFixed(1);
process.stdout.write(
  `\n${failed === 0 ? 'Every promise was kept' : `${failed} of ${WORLDS.length} worlds broke a promise`}; ${minutes} min\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
