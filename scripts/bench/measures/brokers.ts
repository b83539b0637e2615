import { readFileSync } from 'node:fs';
import { Child, type Usage } from '../child.js';
import type { BenchContext, Measure } from '../measure.js';
import { startMosquitto } from '../mosquitto.js';
import type { Reading } from '../reading.js';
import { inTurns, median } from '../statistics.js';

const KB = 1_024;
/** Clock ticks of /proc/PID/stat: 100 a second on every Linux. */
const TICK_US = 10_000;

const FAN_IN: Reading = {
  name: 'broker.fan-in',
  title: 'CPU of the embedded broker (Aedes) for a message of many clients to one, QoS 0',
  unit: 'µs',
  how: 'mqtt.js clients in a process of their own; CPU time of the broker’s process a message, in turns, medians',
  isExact: false,
};
const RATE: Reading = {
  name: 'broker.fan-in-rate',
  title: 'Messages of many clients to one that the embedded broker (Aedes) passes on, QoS 0',
  unit: 'messages/s',
  how: 'the same; the process of the clients is one, too, and may be what is slower',
  isExact: false,
  moreIsBetter: true,
};
const CLIENT: Reading = {
  name: 'broker.client',
  title: 'Memory of one more client in the embedded broker (Aedes)',
  unit: 'KB',
  how: 'growth of the broker’s resident set, after gc() where there is one, between two numbers of clients',
  isExact: false,
};

/** A broker, and its clients in another process. */
interface Side {
  readonly clients: Child;
  readonly usage: () => Promise<Usage>;
}

/** What the embedded broker costs. */
export const brokers: Measure = {
  name: 'brokers',
  about: 'fan-in and memory a client of the embedded broker, beside Mosquitto',
  readings: [FAN_IN, RATE, CLIENT],
  async run(context: BenchContext) {
    const { isQuick, progress } = context;
    const [few, many, messages, rounds] = isQuick ? [50, 200, 5_000, 1] : [200, 1_000, 50_000, 3];
    const mosquitto = await startMosquitto(context.folder);
    const children: Child[] = [];
    const start = async <Ready>(
      name: string,
      args: readonly string[] = [],
    ): Promise<{ child: Child; ready: Ready }> => {
      const started = await Child.start<Ready>(name, args);
      children.push(started.child);
      return started;
    };
    try {
      const { child, ready } = await start<{ port: number }>('aedes');
      const side = async (port: number, usage: () => Promise<Usage>): Promise<Side> => ({
        clients: (await start('clients', [String(port), 'mqttjs'])).child,
        usage,
      });
      const sides = {
        aedes: await side(ready.port, () => child.usage()),
        mosquitto: await side(mosquitto.port, async () => usageOf(mosquitto.pid)),
      };
      const names = Object.keys(sides) as (keyof typeof sides)[];
      const memory = { aedes: 0, mosquitto: 0 };
      const rates = { aedes: [] as number[], mosquitto: [] as number[] };
      for (const name of names) {
        progress(`${name}: ${few}, then ${many} clients`);
        memory[name] = await growth(sides[name], few, many);
      }
      progress(`${rounds} rounds of ${messages} messages at both`);
      const cost =
        (name: keyof typeof sides) =>
        async (round: number): Promise<number> => {
          const { clients, usage } = sides[name];
          const before = (await usage()).cpuUs;
          const { seconds } = await clients.ask<{ seconds: number }>({ ask: 'flood', messages, setBytes: 186 });
          if (round > 0) rates[name].push(messages / seconds);
          return ((await usage()).cpuUs - before) / messages;
        };
      const costs = await inTurns(rounds, { aedes: cost('aedes'), mosquitto: cost('mosquitto') });
      const beside = (of: Reading, values: Record<keyof typeof sides, readonly number[]>): Reading => ({
        ...of,
        value: median(values.aedes),
        rounds: values.aedes,
        peer: { name: 'Mosquitto', value: median(values.mosquitto), rounds: values.mosquitto },
      });
      return [
        beside(FAN_IN, costs),
        beside(RATE, rates),
        { ...CLIENT, value: memory.aedes, peer: { name: 'Mosquitto', value: memory.mosquitto } },
      ];
    } finally {
      for (const child of children) child.stop();
      await mosquitto.stop();
    }
  },
};

/** Bytes in KB that one more client takes. */
async function growth({ clients, usage }: Side, few: number, many: number): Promise<number> {
  const rss = async (count: number): Promise<number> => {
    await clients.ask({ ask: 'connect', count });
    return (await usage()).rssBytes;
  };
  const fewBytes = await rss(few);
  return ((await rss(many)) - fewBytes) / (many - few) / KB;
}

/** Of a process that cannot be asked. */
function usageOf(pid: number): Usage {
  const [, stat = ''] = /\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const fields = stat.split(' ').map(Number);
  const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuUs: (fields[11]! + fields[12]!) * TICK_US, rssBytes: Number(rss?.[1]) * KB };
}
