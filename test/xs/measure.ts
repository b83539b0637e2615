import { createVirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { XsMeter } from '../../host-sim/xs/worker.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { advance, advanceUntil, bootOnXs, bundleEngine } from './engines.js';
import { measureControl } from './measure-control.js';

/** What the firmware costs on XS. Every number is exact: the same sources give the same numbers on every machine. */
export interface Budget {
  /** Computrons of `createBoard`: from nothing to a board that has asked for its network. */
  readonly bootComputrons: number;
  /** Computrons from the start to online, activation included, and the first post acknowledged. */
  readonly onlineComputrons: number;
  /** Computrons of one command that moves nothing: set taken, judged, answered, settled, post sent, all acknowledged. */
  readonly commandComputrons: number;
  /**
   * Computrons of one command that drives an output, and slots that it leaves to the garbage collector: a servo from one end
   * to the other, its detaching included; a relay's pulse of half a second; a lamp's fade from dark to full.
   */
  readonly moveComputrons: number;
  readonly moveSlots: number;
  readonly pulseComputrons: number;
  readonly pulseSlots: number;
  readonly fadeComputrons: number;
  readonly fadeSlots: number;
  /** Slots that live on after 20 of each. */
  readonly controlLeakedSlots: number;
  /** Computrons of one idle minute: heartbeat and ping. */
  readonly idleMinuteComputrons: number;
  /** Live slots after `gc()`, online and idle, and the same after 10,000 further commands. */
  readonly liveSlots: number;
  readonly liveSlotsAfter10000: number;
  /** Slots that one command leaves to the garbage collector, those of the bridge included (16 bytes each on a board). */
  readonly garbageSlotsPerCommand: number;
  /** Computrons and slots that one event costs in the bridge alone; an event on a board has its like in the SDK. */
  readonly bridgeComputronsPerEvent: number;
  readonly bridgeSlotsPerEvent: number;
  readonly eventsPerCommand: number;
}

const WARM_UP = 200;
const SAMPLE = 100;
const MANY = 10_000;
/** Between two commands: long enough for the post, the acknowledgements and the detaching. */
const COMMAND_MS = 500;

/** Runs a board through the measured life. `commands`: how many make up "many", for a faster look. */
export async function measureBudget(commands = MANY): Promise<Budget> {
  const engine = await bundleEngine();
  const { move, pulse, fade } = await measureControl(engine);
  const time = new VirtualTime();
  const network = new VirtualNetwork(time);
  const cloud = new ScriptedCloud(network);
  const host = createVirtualHost({ time, network, serial: 'AABBCCDDEEFF' });
  let computrons = 0;
  let events = 0;
  let bootComputrons = 0;
  const onMeter = (meter: XsMeter): void => {
    if (events++ === 0) bootComputrons = meter.compute;
    computrons += meter.compute;
  };
  const board = bootOnXs(engine, host, undefined, onMeter);
  try {
    const spend = async (work: () => Promise<void>): Promise<{ computrons: number; events: number }> => {
      [computrons, events] = [0, Math.min(events, 1)];
      const before = events;
      await work();
      await board.settled();
      return { computrons, events: events - before };
    };
    const online = await spend(async () => {
      const posts = (): boolean => cloud.on(cloud.topic('thing/event/property/post')).length > 0;
      if (!(await advanceUntil(time, board, posts, 60_000))) throw new Error('the board did not come online');
      await advance(time, board, 100);
    });
    let id = 10_000;
    const command = async (params: object, ms: number): Promise<void> => {
      cloud.command(String(id++), params);
      await advance(time, board, ms);
      // What was recorded is not looked at again, and 10,000 commands of it are much.
      cloud.wire.length = cloud.messages.length = cloud.packets.length = host.events.length = 0;
    };
    const still = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await command({ action: 'toggle', position: 'middle' }, COMMAND_MS);
    };
    await still(WARM_UP);
    const liveSlots = (await board.measure(true)).currentHeapCount;
    const heapBefore = (await board.measure(false)).currentHeapCount;
    const sample = await spend(() => still(SAMPLE));
    const heapAfter = (await board.measure(false)).currentHeapCount;
    await still(commands);
    const liveSlotsAfter10000 = (await board.measure(true)).currentHeapCount;
    await advance(time, board, 60_000 - (time.nowMs % 60_000) + 1_000);
    const idle = await spend(() => advance(time, board, 60_000 * 10));
    const first = await board.measure(false);
    const second = await board.measure(false);
    return {
      bootComputrons,
      onlineComputrons: online.computrons,
      commandComputrons: Math.round(sample.computrons / SAMPLE),
      moveComputrons: move.computrons,
      moveSlots: move.slots,
      pulseComputrons: pulse.computrons,
      pulseSlots: pulse.slots,
      fadeComputrons: fade.computrons,
      fadeSlots: fade.slots,
      controlLeakedSlots: Math.max(0, move.leaked, pulse.leaked, fade.leaked),
      idleMinuteComputrons: Math.round(idle.computrons / 10),
      liveSlots,
      liveSlotsAfter10000,
      garbageSlotsPerCommand: Math.round((heapAfter - heapBefore) / SAMPLE),
      bridgeComputronsPerEvent: second.compute,
      bridgeSlotsPerEvent: second.currentHeapCount - first.currentHeapCount,
      eventsPerCommand: Math.round((10 * sample.events) / SAMPLE) / 10,
    };
  } finally {
    board.powerOff();
    host.powerOff();
  }
}
