import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetResult } from '../../host-sim/fleet/result.js';
import { ROOT, run } from '../moddable.mjs';
import type { BenchContext } from './measure.js';

/** Boards of it answer as soon as a relay has switched. */
const PRODUCT_KEY = 'SW-RELAY-002';
/** What takes longer hangs. */
const FLEET_MS = 240_000;
const BOARDS_A_SECOND = 150;

/** `smartlink fleet` in a process that can be told to collect its garbage, as it then does before it looks at its memory. */
export async function runFleet(
  { folder, progress }: BenchContext,
  { boards, ratePerS, seconds }: { boards: number; ratePerS: number; seconds: number },
  target: readonly string[],
): Promise<FleetResult> {
  progress(`a fleet of ${boards} boards`);
  const out = join(folder, 'fleet.json');
  rmSync(out, { force: true });
  const flags = {
    boards,
    product: PRODUCT_KEY,
    rate: ratePerS,
    for: seconds,
    'warm-up': 2,
    ramp: Math.ceil(boards / BOARDS_A_SECOND),
    out,
  };
  const options = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const args = ['--expose-gc', join(ROOT, 'dist/smartlink.js'), 'fleet', '--json', ...options, ...target];
  const { output } = await run(process.execPath, args, { timeoutMs: FLEET_MS });
  try {
    return JSON.parse(readFileSync(out, 'utf8')) as FleetResult;
  } catch {
    throw new Error(`smartlink fleet: ${output.slice(-300)}`);
  }
}
