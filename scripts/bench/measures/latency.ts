import type { FleetResult } from '../../../host-sim/fleet/result.js';
import { Child } from '../child.js';
import { runFleet } from '../fleet.js';
import { type BenchContext, type Measure, orWhy } from '../measure.js';
import { startMosquitto } from '../mosquitto.js';
import type { Reading } from '../reading.js';
import { inTurns, median, percentile } from '../statistics.js';

const reading = (name: string, title: string, limit: number, unit = 'ms'): Reading => ({
  name: `fleet.${name}`,
  title,
  unit,
  how: '`smartlink fleet`, 1,000 boards, 500 sets a second for 20 s; from when a set was due to its post; with --quick 100, 50 and 2',
  isExact: false,
  goal: { number: 6, of: 'value', limit },
});
const MOSQUITTO = [
  reading('mosquitto-p50', 'Set → post over Mosquitto, median', 1),
  reading('mosquitto-p99', 'Set → post over Mosquitto, 99th percentile', 10),
  reading('mosquitto-lost', 'Sets over Mosquitto without a post', 0, 'sets'),
] as const;
const CLOUD = [
  reading('cloud-p50', 'Set → post over the dev cloud and its WebSocket, median', 1),
  reading('cloud-p99', 'Set → post over the dev cloud and its WebSocket, 99th percentile', 10),
  reading('cloud-lost', 'Sets over the dev cloud without a post', 0, 'sets'),
] as const;

interface Size {
  readonly boards: number;
  readonly ratePerS: number;
  readonly seconds: number;
  readonly rounds: number;
}

const FULL: Size = { boards: 1_000, ratePerS: 500, seconds: 20, rounds: 2 };
const QUICK: Size = { boards: 100, ratePerS: 50, seconds: 2, rounds: 1 };
/** The first round, which does not count. */
const WARM_UP_SECONDS = 2;
const SET_BYTES = 186;

/** Goal 6, times. */
export const latency: Measure = {
  name: 'latency',
  about: 'set → post of 1,000 boards, beside bare mqtt.js clients at the same broker, and over the dev cloud',
  readings: [...MOSQUITTO, ...CLOUD],
  async run(context: BenchContext) {
    const size = context.isQuick ? QUICK : FULL;
    return [
      ...(await orWhy(MOSQUITTO, () => measureMosquitto(context, size))),
      ...(await orWhy(CLOUD, () => measureCloud(context, size))),
    ];
  },
};

/** What rounds have found; the first does not count. */
class Rounds {
  readonly p99: number[] = [];
  lost = 0;

  /** @returns the median, ms */
  take(round: number, times: { readonly p50: number; readonly p99: number }, lost: number): number {
    if (round > 0) {
      this.p99.push(times.p99 / 1_000);
      this.lost += lost;
    }
    return times.p50 / 1_000;
  }

  takeFleet(round: number, { load, boards }: FleetResult): number {
    if (boards.allOnlineAfterS === null)
      throw new Error(`only ${boards.online} of ${boards.wanted} boards came online`);
    return this.take(round, load.latencyUs, load.lost + load.refused);
  }
}

async function measureMosquitto(context: BenchContext, size: Size): Promise<Reading[]> {
  const { boards, ratePerS, rounds } = size;
  const broker = await startMosquitto(context.folder);
  const { child } = await Child.start('clients', [String(broker.port), 'mqttjs']);
  try {
    const ours = new Rounds();
    const theirs = new Rounds();
    const p50 = await inTurns(rounds, {
      fleet: async (round) => {
        const target = ['--broker', `mqtt://127.0.0.1:${broker.port}`];
        return ours.takeFleet(round, await runFleet(context, { ...size, seconds: secondsOf(size, round) }, target));
      },
      bare: async (round) => {
        context.progress(`${boards} bare mqtt.js clients, ${ratePerS} sets a second`);
        await child.ask({ ask: 'connect', count: boards });
        const load = { ask: 'load', ratePerS, seconds: secondsOf(size, round), setBytes: SET_BYTES };
        const { times, lost } = await child.ask<{ times: number[]; lost: number }>(load);
        return theirs.take(round, { p50: percentile(times, 50), p99: percentile(times, 99) }, lost);
      },
    });
    const peer = (values: readonly number[]) => ({
      name: 'bare mqtt.js clients that echo',
      value: median(values),
      rounds: values,
    });
    const [P50, P99, LOST] = MOSQUITTO;
    return [
      { ...P50, value: median(p50.fleet), rounds: p50.fleet, peer: peer(p50.bare), detail: { boards, ratePerS } },
      { ...P99, value: median(ours.p99), rounds: ours.p99, peer: peer(theirs.p99) },
      { ...LOST, value: ours.lost, detail: { lostByBareClients: theirs.lost } },
    ];
  } finally {
    child.stop();
    await broker.stop();
  }
}

async function measureCloud(context: BenchContext, size: Size): Promise<Reading[]> {
  const found = new Rounds();
  const p50: number[] = [];
  // Each round has a cloud and boards of its own, so none of them is for warming up.
  for (let round = 1; round <= size.rounds; round++) {
    const { child, ready } = await Child.start<{ port: number }>('http-server', ['cloud', ':memory:']);
    try {
      const target = ['--cloud', `http://127.0.0.1:${ready.port}`, '--user', 'bench', '--password', 'bench-password'];
      p50.push(found.takeFleet(round, await runFleet(context, size, target)));
    } finally {
      child.stop();
    }
  }
  const [P50, P99, LOST] = CLOUD;
  return [
    { ...P50, value: median(p50), rounds: p50, detail: { boards: size.boards, ratePerS: size.ratePerS } },
    { ...P99, value: median(found.p99), rounds: found.p99 },
    { ...LOST, value: found.lost },
  ];
}

function secondsOf({ seconds }: Size, round: number): number {
  return round === 0 ? WARM_UP_SECONDS : seconds;
}
