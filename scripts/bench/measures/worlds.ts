import { join } from 'node:path';
import { ROOT, run } from '../../moddable.mjs';
import { type BenchContext, type Measure, orWhy } from '../measure.js';
import type { Reading } from '../reading.js';

const MONTH_DAYS = 30;
/** What takes longer hangs. */
const WORLD_MS = 300_000;

const BOARD_DAY: Reading = {
  name: 'world.board-day',
  title: 'A day of a simulated board in virtual time, bad router and cloud included',
  unit: 's of CPU',
  how: '`smartlink world --scenario month-with-a-bad-router`, a thirtieth',
  isExact: false,
  goal: { number: 8, of: 'value', limit: 0.2 },
};
const OUTAGE: Reading = {
  name: 'world.outage-hour',
  title: '1,000 simulated boards through an hour without their broker',
  unit: 's of CPU',
  how: '`smartlink world --scenario broker-down` (68 minutes)',
  isExact: false,
  goal: { number: 8, of: 'value', limit: 30 },
};

/** Goal 8. */
export const worlds: Measure = {
  name: 'worlds',
  about: 'CPU time of virtual worlds: a board’s day, and 1,000 boards through an outage',
  readings: [BOARD_DAY, OUTAGE],
  async run({ isQuick, progress }: BenchContext) {
    const live = async (scenario: string): Promise<number> => {
      progress(scenario);
      const program = join(ROOT, 'dist/smartlink.js');
      const args = [program, 'world', '--scenario', scenario, '--seed', '1', '--json', '--no-shrink'];
      const { code, output } = await run(process.execPath, args, { timeoutMs: WORLD_MS });
      const line = output.split('\n').find((text) => text.startsWith('{"event":"run"'));
      if (code !== 0 || line === undefined) throw new Error(`${scenario}: ${output.slice(-300)}`);
      return (JSON.parse(line) as { cpuS: number }).cpuS;
    };
    return [
      ...(await orWhy([BOARD_DAY], async () => [
        { ...BOARD_DAY, value: (await live('month-with-a-bad-router')) / MONTH_DAYS },
      ])),
      ...(isQuick
        ? [{ ...OUTAGE, why: 'takes over a minute: not with --quick' }]
        : await orWhy([OUTAGE], async () => [{ ...OUTAGE, value: await live('broker-down') }])),
    ];
  },
};
