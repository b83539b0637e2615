import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { createVirtualHost, type VirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { ScriptedCloud, type WireRecord } from '../support/scripted-cloud.js';
import { advance, advanceUntil, type Running } from './engines.js';

/** Everything that a board shows to the world, in order. */
export interface Recording {
  readonly wire: readonly WireRecord[];
  readonly pins: readonly string[];
  readonly console: readonly BoardEvent[];
  readonly records: readonly string[];
  readonly deviceId: string | undefined;
  readonly endMs: number;
}

/** Twenty commands of every kind, good and bad, and how long the board is given for each, ms. */
const COMMANDS: readonly (readonly [params: object | string, waitMs: number, more?: object])[] = [
  [{ action: 'toggle', position: 'up' }, 2_000],
  [{ action: 'toggle', position: 'down' }, 300],
  [{ action: 'toggle' }, 2_000],
  [{ action: 'pulse', duration: 700 }, 200],
  [{ action: 'pulse' }, 4_000],
  [{ action: 'trigger' }, 3_000],
  [{ switch: true, angle: 135 }, 1_500],
  [{ switch: false }, 1_500],
  [{ angle: 45 }, 10],
  [{ angle: 46 }, 10],
  [{ angle: 47 }, 1_500],
  [{ angle: 181 }, 100],
  [{ wakeup: true }, 3_000],
  [{ action: 'dance' }, 100],
  [{ position: 'middle', nonsense: '意义' }, 1_500],
  [{ action: 'toggle', position: 'up', channel: 3 }, 100],
  [{ angle: 90 }, 100, { time: 1_000_000_000_000 }],
  [{ angle: 100 }, 1_000, { timestamp: 1_768_003_260 }],
  ['no json \u{1f600}', 100],
  [{}, 100],
];

/**
 * The recorded scenario: a fresh board joins, activates, connects, takes 20 commands (some in torn segments), loses its
 * connection, comes back, hears a repeated id and an oversized message, is idle for over a heartbeat, stops cleanly, boots
 * again on the same records, and loses its power in the middle of a motion.
 */
export async function record(boot: (host: VirtualHost) => Running): Promise<Recording> {
  const time = new VirtualTime();
  const network = new VirtualNetwork(time, { latencyMs: 3, segmentBytes: 1_000 });
  const cloud = new ScriptedCloud(network);
  const records: string[] = [];
  const recorded = (name: string, inner: RecordStorage): RecordStorage => ({
    read: (key) => inner.read(key),
    write: (key, value) => {
      records.push(`${time.nowMs} ${name} ${key} ${Buffer.from(value).toString('hex')}`);
      inner.write(key, value);
    },
    delete: (key) => {
      records.push(`${time.nowMs} ${name} ${key} deleted`);
      inner.delete(key);
    },
  });
  const stores = {
    storage: recorded('storage', new MemoryStorage()),
    secrets: recorded('secrets', new MemoryStorage()),
  };
  const common = { time, network, serial: 'AABBCCDDEEFF', ...stores };
  const host = createVirtualHost({ ...common, seed: 7 });
  const pins: string[] = [];
  host.pins.onChange((pin, kind, value, atMs) => pins.push(`${atMs} ${pin} ${kind} ${value}`));

  let running = boot(host);
  const online = (count: number): Promise<boolean> =>
    advanceUntil(time, running, () => cloud.on(cloud.topic('status')).length >= count, 300_000);
  await online(1);
  let id = 0;
  for (const [params, waitMs, more] of COMMANDS) {
    const topic = cloud.topic('thing/service/property/set');
    const time_ = { time: time.clock.nowMs() };
    const message = {
      method: 'thing.service.property.set',
      id: String(++id),
      version: '1.0',
      params,
      ...(more ?? time_),
    };
    const payload = typeof params === 'string' ? params : JSON.stringify(message);
    // Whole, torn into odd pieces, and byte by byte.
    cloud.publish(topic, payload, { segmentBytes: [1_000, 7, 1][id % 3]! });
    await advance(time, running, waitMs);
  }
  const deviceId = running.deviceId;
  cloud.drop('reset');
  await online(2);
  cloud.command('1', { action: 'toggle', position: 'up' });
  cloud.publish(cloud.topic('thing/service/property/set'), 'x'.repeat(20_000));
  cloud.command('21', { action: 'toggle', position: 'up' });
  await advance(time, running, 70_000);
  cloud.drop('freeze');
  await online(3);
  await advance(time, running, 1_000);

  const stopping = running.stop();
  await advanceUntil(time, running, () => host.events.at(-1)?.name === 'stopped', 10_000);
  await stopping;
  host.powerOff();

  const again = createVirtualHost({ ...common, pins: host.pins, bootReason: 'restart', seed: 8 });
  running = boot(again);
  // `offline` was the fourth message on that topic.
  await online(5);
  cloud.command('31', { action: 'toggle', position: 'down' });
  await advance(time, running, 200);
  running.powerOff();
  again.powerOff();
  again.pins.powerOff();
  await advance(time, { settled: async () => {} }, 1_000);
  return { wire: cloud.wire, pins, console: [...host.events, ...again.events], records, deviceId, endMs: time.nowMs };
}
