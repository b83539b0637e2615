import { Child, type Usage } from '../child.js';
import { runFleet } from '../fleet.js';
import { type BenchContext, type Measure, orWhy } from '../measure.js';
import { startMosquitto } from '../mosquitto.js';
import type { Reading } from '../reading.js';

const KB = 1_024;
const HOW_GROWN = 'growth of the resident set, each time after gc(), between two numbers of them';

const RSS: Reading = {
  name: 'board.rss',
  title: 'Memory of one more simulated board, whole firmware, in one process',
  unit: 'KB',
  how: `\`smartlink fleet --workers 0\`, cloud and broker in another process; ${HOW_GROWN}`,
  isExact: false,
  goal: { number: 6, of: 'value', limit: 40 },
};
const RSS_PACKETS: Reading = {
  name: 'client.rss-packets',
  title: 'Memory of one more bare client: `net` and `mqtt-packet`',
  unit: 'KB',
  how: HOW_GROWN,
  isExact: false,
};

/** Goal 6, memory. */
export const boards: Measure = {
  name: 'boards',
  about: 'memory of simulated boards, beside bare clients',
  readings: [RSS, RSS_PACKETS],
  async run(context: BenchContext) {
    const sizes: readonly [number, number] = context.isQuick ? [50, 150] : [200, 1_000];
    const broker = await startMosquitto(context.folder);
    const clients = (kind: string): Promise<number> => growthOfClients(context, broker.port, kind, sizes);
    try {
      return [
        ...(await orWhy([RSS], async () => {
          const { value, detail } = await growthOfBoards(context, sizes);
          return [
            { ...RSS, value, detail, peer: { name: 'one more bare mqtt.js client', value: await clients('mqttjs') } },
          ];
        })),
        ...(await orWhy([RSS_PACKETS], async () => [{ ...RSS_PACKETS, value: await clients('packets') }])),
      ];
    } finally {
      await broker.stop();
    }
  },
};

async function growthOfBoards(
  context: BenchContext,
  [few, many]: readonly [number, number],
): Promise<{ value: number; detail: Record<string, number> }> {
  const memory = async (boards: number): Promise<{ rssOnlineBytes: number; heapOnlineBytes: number }> => {
    const { child, ready } = await Child.start<{ port: number }>('http-server', ['cloud', ':memory:']);
    try {
      const account = ['--user', 'bench', '--password', 'bench-password'];
      const target = ['--cloud', `http://127.0.0.1:${ready.port}`, '--workers', '0', ...account];
      const { machines, problems } = await runFleet(context, { boards, ratePerS: 10, seconds: 1 }, target);
      if (problems.length > 0) throw new Error(`smartlink fleet: ${problems[0]}`);
      return machines[0]!.process;
    } finally {
      child.stop();
    }
  };
  const [before, after] = [await memory(few), await memory(many)];
  const perBoard = (bytes: number): number => bytes / (many - few) / KB;
  const heap = Math.round(10 * perBoard(after.heapOnlineBytes - before.heapOnlineBytes)) / 10;
  return {
    value: perBoard(after.rssOnlineBytes - before.rssOnlineBytes),
    detail: { from: few, to: many, heapAndBuffers: heap },
  };
}

async function growthOfClients(
  { progress }: BenchContext,
  port: number,
  kind: string,
  [few, many]: readonly [number, number],
): Promise<number> {
  progress(`${kind}: ${few}, then ${many} clients`);
  const { child } = await Child.start('clients', [String(port), kind]);
  try {
    const rss = async (count: number): Promise<number> => {
      await child.ask({ ask: 'connect', count });
      return (await child.ask<Usage>({ ask: 'usage' })).rssBytes;
    };
    const [fewBytes, manyBytes] = [await rss(few), await rss(many)];
    return (manyBytes - fewBytes) / (many - few) / KB;
  } finally {
    child.stop();
  }
}
