import { loadProduct } from '../../host-sim/products/load.js';
import { createVirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { advance, advanceUntil, bootOnXs } from './engines.js';

/** What one command that drives an output costs on XS, from the set that comes in to the post that is acknowledged. */
export interface ControlCost {
  readonly computrons: number;
  /** Slots that it leaves to the garbage collector, those of the bridge included. */
  readonly slots: number;
  /** Slots that live on after it; there should be none. */
  readonly leaked: number;
}

/** A command and, where it takes one, the command that undoes it; and how long each is given, ms. */
interface Work {
  readonly product: string;
  readonly commands: readonly object[];
  readonly ms: number;
}

/** The servo turns from one end to the other and its pulses stop. */
const MOVE: Work = { product: 'SW-SERVO-001', commands: [{ angle: 180 }, { angle: 0 }], ms: 2_500 };
/** A relay closes for half a second. */
const PULSE: Work = { product: 'SW-RELAY-002', commands: [{ action: 'pulse', duration: 500 }], ms: 2_500 };
/** A lamp goes from dark to full. */
const FADE: Work = { product: 'SW-DIM-001', commands: [{ level: 100 }, { level: 0 }], ms: 2_500 };

const WARM_UP = 20;
const SAMPLE = 20;

/** Measures a servo move, a pulse and a fade, each on the shipped product for it. */
export async function measureControl(engine: XsEngine): Promise<Record<'move' | 'pulse' | 'fade', ControlCost>> {
  return {
    move: await measure(engine, MOVE),
    pulse: await measure(engine, PULSE),
    fade: await measure(engine, FADE),
  };
}

async function measure(engine: XsEngine, { product, commands, ms }: Work): Promise<ControlCost> {
  const time = new VirtualTime();
  const network = new VirtualNetwork(time);
  const cloud = new ScriptedCloud(network);
  const host = createVirtualHost({ time, network, serial: 'AABBCCDDEEFF' });
  let computrons = 0;
  const board = bootOnXs(engine, host, loadProduct(product), (meter) => {
    computrons += meter.compute;
  });
  try {
    const posts = (): boolean => cloud.on(cloud.topic('thing/event/property/post')).length > 0;
    if (!(await advanceUntil(time, board, posts, 60_000))) throw new Error('the board did not come online');
    let id = 10_000;
    const run = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const moved = host.events.length;
        cloud.command(String(id++), commands[i % commands.length]!);
        await advance(time, board, ms);
        if (!host.events.slice(moved).some(({ name }) => name === 'output_settled')) throw new Error('nothing moved');
        // What was recorded is not looked at again.
        cloud.wire.length = cloud.messages.length = cloud.packets.length = host.events.length = 0;
      }
    };
    await run(WARM_UP);
    const liveBefore = (await board.measure(true)).currentHeapCount;
    const heapBefore = (await board.measure(false)).currentHeapCount;
    const before = computrons;
    await run(SAMPLE);
    await board.settled();
    const spent = computrons - before;
    const heapAfter = (await board.measure(false)).currentHeapCount;
    const liveAfter = (await board.measure(true)).currentHeapCount;
    return {
      computrons: Math.round(spent / SAMPLE),
      slots: Math.round((heapAfter - heapBefore) / SAMPLE),
      leaked: liveAfter - liveBefore,
    };
  } finally {
    board.powerOff();
    host.powerOff();
  }
}
