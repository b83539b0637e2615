import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { BoardWorld } from '../../host-sim/world/board-world.js';
import { SimButton } from '../../host-sim/world/sim-button.js';
import { SimContact } from '../../host-sim/world/sim-contact.js';
import { SimLamp } from '../../host-sim/world/sim-lamp.js';
import { SimServo } from '../../host-sim/world/sim-servo.js';
import { createVirtualHost, type VirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import { ScriptedCloud, type SeenMessage, type WireRecord } from '../support/scripted-cloud.js';
import { advance, advanceUntil, type Running } from './engines.js';

export interface ProductRecording {
  readonly wire: readonly WireRecord[];
  readonly messages: readonly SeenMessage[];
  readonly pins: readonly string[];
  readonly console: readonly BoardEvent[];
  /** What the parts around the board were, at several instants. */
  readonly world: readonly string[];
}

/** What every channel is told, whatever is on it: a product refuses what it cannot do, and that must be alike too. */
const COMMANDS: readonly (readonly [params: object, waitMs: number])[] = [
  [{ action: 'toggle', position: 'up' }, 1_500],
  [{ action: 'toggle' }, 200],
  [{ action: 'toggle', position: 'middle' }, 1_500],
  [{ action: 'pulse', duration: 300 }, 1_500],
  [{ action: 'trigger' }, 2_500],
  [{ switch: true, angle: 60 }, 700],
  [{ angle: 120 }, 1_500],
  [{ level: 37 }, 150],
  [{ level: 80 }, 1_500],
  [{ switch: false }, 1_000],
];

/**
 * A product's life: a fresh board is used by its buttons before it is online, takes every kind of command on every channel
 * while its inputs change, stops cleanly, starts again on the same records and pins, and loses its power in the middle of things.
 */
export async function recordProduct(product: Product, boot: (host: VirtualHost) => Running): Promise<ProductRecording> {
  const time = new VirtualTime();
  const network = new VirtualNetwork(time, { latencyMs: 3 });
  const cloud = new ScriptedCloud(network);
  const common = { time, network, serial: 'AABBCCDDEEFF', ...createMemoryStores() };
  const host = createVirtualHost({ ...common, seed: 5 });
  const pins: string[] = [];
  host.pins.onChange((pin, kind, value, atMs) => pins.push(`${atMs} ${pin} ${kind} ${value}`));
  const around = new BoardWorld({
    product,
    pins: host.pins,
    clock: time.clock,
    timer: time.timer,
    random: createVirtualHost({ ...common, seed: 99 }).random,
  });
  const world: string[] = [];
  const look = (): void => {
    for (const part of around.outputs) {
      const state =
        part instanceof SimServo ? part.angleDeg : part instanceof SimLamp ? part.brightness : Number(part.closed);
      world.push(`${time.nowMs} ${part.constructor.name} ${state.toFixed(6)}`);
    }
  };

  let running = boot(host);
  const settle = async (ms: number): Promise<void> => {
    await advance(time, running, ms);
    look();
  };
  const senses = async (): Promise<void> => {
    for (const part of around.inputs) {
      if (part instanceof SimButton) {
        part.press();
        await settle(1_500);
        part.double();
        await settle(2_500);
        part.hold();
        await settle(3_500);
      } else if (part instanceof SimContact) {
        part.close();
        await settle(1_200);
        part.open();
        await settle(3);
        part.close();
        await settle(1_200);
        part.open();
        await settle(1_200);
      } else {
        part.set(0.9, 1_000);
        await settle(2_500);
        part.set(0.1);
        await settle(2_500);
      }
    }
  };
  await settle(20);
  await senses();
  const online = (count: number): Promise<boolean> =>
    advanceUntil(time, running, () => cloud.on(cloud.topic('status')).length >= count, 300_000);
  await online(1);
  let id = 0;
  const channels = Math.max(1, product.outputs.length);
  for (let channel = 0; channel < channels; channel++) {
    for (const [params, waitMs] of COMMANDS) {
      cloud.command(String(++id), channel === 0 ? params : { ...params, channel });
      await settle(waitMs);
    }
  }
  await senses();
  // Two minutes, so that what is written seldom is written.
  await settle(120_000);
  cloud.command(String(++id), { action: 'toggle', position: 'up' });
  await settle(1_200);

  const stopping = running.stop();
  await advanceUntil(time, running, () => host.events.at(-1)?.name === 'stopped', 10_000);
  await stopping;
  host.powerOff();
  const again = createVirtualHost({ ...common, pins: host.pins, bootReason: 'restart', seed: 6 });
  running = boot(again);
  // `offline` was the second message on that topic.
  await online(3);
  cloud.command(String(++id), { action: 'toggle', position: 'down' });
  for (const part of around.inputs) if (part instanceof SimButton) part.hold();
  await settle(250);
  running.powerOff();
  again.powerOff();
  again.pins.powerOff();
  await advance(time, { settled: async () => {} }, 3_000);
  look();
  return { wire: cloud.wire, messages: cloud.messages, pins, console: [...host.events, ...again.events], world };
}
