import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetResult } from '../../../host-sim/fleet/result.js';
import { ROOT, run } from '../../moddable.mjs';
import { Child, type Usage } from '../child.js';
import type { BenchContext, Measure } from '../measure.js';
import { startMosquitto } from '../mosquitto.js';
import type { Reading } from '../reading.js';
import { inTurns, median, percentile } from '../statistics.js';

const PRODUCT_KEY = 'SW-RELAY-002';
const KB = 1_024;

const RSS: Reading = {
  name: 'board.rss',
  title: 'Memory of one more simulated board, whole firmware, in one process',
  unit: 'KB',
  how: '`smartlink fleet --workers 0` against Mosquitto; growth of the resident set between two sizes of the fleet',
  isExact: false,
  goal: { number: 6, of: 'value', limit: 40 },
};
const RSS_PACKETS: Reading = {
  name: 'client.rss-packets',
  title: 'Memory of one more bare client: `net` and `mqtt-packet`',
  unit: 'KB',
  how: 'growth of the resident set after gc() between two numbers of clients',
  isExact: false,
};
const latency = (name: string, title: string, limitMs: number): Reading => ({
  name,
  title,
  unit: 'ms',
  how: '`smartlink fleet` in turns with the bare clients; from when a set was due to its post',
  isExact: false,
  goal: { number: 6, of: 'value', limit: limitMs },
});
const P50 = latency('fleet.mosquitto-p50', 'Set → post over Mosquitto, median', 1);
const P99 = latency('fleet.mosquitto-p99', 'Set → post over Mosquitto, 99th percentile', 10);
const LOST: Reading = {
  ...latency('fleet.mosquitto-lost', 'Sets without a post', 0),
  unit: 'sets',
};
const CLOUD_P50 = latency('fleet.cloud-p50', 'Set → post over the dev cloud and its WebSocket, median', 1);
const CLOUD_P99 = latency('fleet.cloud-p99', 'Set → post over the dev cloud and its WebSocket, 99th percentile', 10);

interface Size {
  readonly boards: number;
  readonly ratePerS: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly sizes: readonly [number, number, ...number[]];
}

const FULL: Size = { boards: 1_000, ratePerS: 500, seconds: 5, rounds: 2, sizes: [200, 1_000, 2_000] };
const QUICK: Size = { boards: 100, ratePerS: 50, seconds: 2, rounds: 1, sizes: [100, 300] };

/** Goal 6. */
export const boards: Measure = {
  name: 'boards',
  about: 'memory of simulated boards and set → post, beside bare mqtt.js clients at the same broker',
  readings: [RSS, RSS_PACKETS, P50, P99, LOST, CLOUD_P50, CLOUD_P99],
  async run(context: BenchContext) {
    const size = context.isQuick ? QUICK : FULL;
    const broker = await startMosquitto(context.folder);
    try {
      return [
        ...(await measureMemory(context, broker.port, size)),
        ...(await measureLatency(context, broker.port, size)),
        ...(await measureCloud(context, size)),
      ];
    } finally {
      await broker.stop();
    }
  },
};

async function measureMemory(context: BenchContext, port: number, { sizes }: Size): Promise<Reading[]> {
  const grown = sizes.slice(1).map((count, at) => ({ from: sizes[at]!, to: count }));
  const rss: number[] = [];
  for (const count of sizes) {
    const options = [
      '--workers',
      '0',
      '--rate',
      '10',
      '--for',
      '1',
      '--warm-up',
      '1',
      '--ramp',
      `${Math.ceil(count / 150)}`,
    ];
    const { machines } = await fleet(context, count, ['--broker', `mqtt://127.0.0.1:${port}`, ...options]);
    rss.push(machines[0]!.process.rssOnlineBytes);
  }
  const perBoard = grown.map(({ from, to }, at) => (rss[at + 1]! - rss[at]!) / (to - from) / KB);
  const clients = async (kind: string): Promise<number> => {
    context.progress(`${kind}: ${sizes.join(', ')} clients`);
    const { child } = await Child.start('clients', [String(port), kind]);
    try {
      const bytes: number[] = [];
      for (const count of [sizes[0], sizes.at(-1)!]) {
        await child.ask({ ask: 'connect', count });
        bytes.push(((await child.ask({ ask: 'usage' })) as Usage).rssBytes);
      }
      return (bytes[1]! - bytes[0]!) / (sizes.at(-1)! - sizes[0]) / KB;
    } finally {
      child.stop();
    }
  };
  const detail = Object.fromEntries(
    grown.map(({ from, to }, at) => [`${from} to ${to}`, Math.round(10 * perBoard[at]!) / 10]),
  );
  return [
    {
      ...RSS,
      value: perBoard.at(-1)!,
      detail,
      peer: { name: 'one more bare mqtt.js client', value: await clients('mqttjs') },
    },
    { ...RSS_PACKETS, value: await clients('packets') },
  ];
}

async function measureLatency(context: BenchContext, port: number, size: Size): Promise<Reading[]> {
  const { boards, ratePerS, seconds, rounds } = size;
  const { child } = await Child.start('clients', [String(port), 'mqttjs']);
  try {
    await child.ask({ ask: 'connect', count: boards });
    const p99: { fleet: number[]; bare: number[] } = { fleet: [], bare: [] };
    let lost = 0;
    const p50 = await inTurns(rounds, {
      fleet: async (round) => {
        const { load } = await fleet(context, boards, ['--broker', `mqtt://127.0.0.1:${port}`, ...rateOf(size)]);
        if (round > 0) p99.fleet.push(load.latencyUs.p99 / 1_000);
        lost += load.lost;
        return load.latencyUs.p50 / 1_000;
      },
      bare: async (round) => {
        context.progress(`${boards} bare mqtt.js clients, ${ratePerS} sets a second`);
        const { times } = await child.ask<{ times: number[] }>({ ask: 'load', ratePerS, seconds, setBytes: 186 });
        if (round > 0) p99.bare.push(percentile(times, 99) / 1_000);
        return percentile(times, 50) / 1_000;
      },
    });
    const beside = (values: readonly number[]) => ({
      name: 'bare mqtt.js clients that echo',
      value: median(values),
      rounds: values,
    });
    return [
      { ...P50, value: median(p50.fleet), rounds: p50.fleet, peer: beside(p50.bare), detail: { boards, ratePerS } },
      { ...P99, value: median(p99.fleet), rounds: p99.fleet, peer: beside(p99.bare) },
      { ...LOST, value: lost },
    ];
  } finally {
    child.stop();
  }
}

async function measureCloud(context: BenchContext, size: Size): Promise<Reading[]> {
  const { child, ready } = await Child.start<{ port: number }>('http-server', ['cloud', ':memory:']);
  try {
    const account = ['--user', 'bench', '--password', 'bench-password'];
    const { load } = await fleet(context, size.boards, [
      '--cloud',
      `http://127.0.0.1:${ready.port}`,
      ...account,
      ...rateOf(size),
    ]);
    const { p50, p99 } = load.latencyUs;
    return [
      { ...CLOUD_P50, value: p50 / 1_000 },
      { ...CLOUD_P99, value: p99 / 1_000, detail: { lost: load.lost } },
    ];
  } finally {
    child.stop();
  }
}

function rateOf({ boards, ratePerS, seconds }: Size): string[] {
  return ['--rate', `${ratePerS}`, '--for', `${seconds}`, '--warm-up', '2', '--ramp', `${Math.ceil(boards / 150)}`];
}

async function fleet(
  { folder, progress }: BenchContext,
  count: number,
  options: readonly string[],
): Promise<FleetResult> {
  progress(`a fleet of ${count} boards`);
  const out = join(folder, 'fleet.json');
  rmSync(out, { force: true });
  const args = [
    join(ROOT, 'dist/smartlink.js'),
    'fleet',
    '--boards',
    `${count}`,
    '--product',
    PRODUCT_KEY,
    '--out',
    out,
    '--json',
    ...options,
  ];
  const { output } = await run(process.execPath, args);
  try {
    return JSON.parse(readFileSync(out, 'utf8')) as FleetResult;
  } catch {
    throw new Error(`smartlink fleet: ${output.slice(-300)}`);
  }
}
