import { findXsEngine } from '../../../host-sim/xs/engine.js';
import { bundleEngine } from '../../../test/xs/engines.js';
import { type Budget, measureBudget } from '../../../test/xs/measure.js';
import { measureUpdate } from '../../../test/xs/measure-update.js';
import { type BenchContext, type Measure, orWhy } from '../measure.js';
import { NotMeasurable, type Reading } from '../reading.js';

const SLOT_BYTES = 16;
const HOW = '`@agoric/xsnap`, virtual time; exact';
const MANY_COMMANDS = 10_000;
const FEW_COMMANDS = 1_000;

const COMPUTRONS: Reading = {
  name: 'xs.command',
  title: 'A command that moves nothing: set taken, judged, answered, post sent, both acknowledged',
  unit: 'computrons',
  how: HOW,
  isExact: true,
};
const GARBAGE: Reading = {
  name: 'xs.garbage',
  title: 'Slots that such a command leaves to the collector, at 16 bytes, without those of the bridge to Node',
  unit: 'bytes',
  how: HOW,
  isExact: true,
  goal: { number: 2, of: 'value', limit: 2_048 },
};
const LEAK: Reading = {
  name: 'xs.leak',
  title: leakTitle(MANY_COMMANDS),
  unit: 'slots',
  how: HOW,
  isExact: true,
  goal: { number: 2, of: 'value', limit: 0 },
};
const LIVE: Reading = {
  name: 'xs.live',
  title: 'Live slots of an idle board, engine and bundle included',
  unit: 'slots',
  how: HOW,
  isExact: true,
};
const IDLE: Reading = {
  name: 'xs.idle-minute',
  title: 'An idle minute: heartbeat and ping',
  unit: 'computrons',
  how: HOW,
  isExact: true,
};
const MOVE: Reading = {
  name: 'xs.move',
  title: 'A command that turns a servo from one end to the other',
  unit: 'computrons',
  how: HOW,
  isExact: true,
};

const UPDATE: Reading = {
  name: 'xs.update-size',
  title: 'Live slots that an update of 1.7 MB takes at most, beside one of 256 KB',
  unit: 'slots',
  how: `${HOW}; sampled each 100 ms, each time after gc()`,
  isExact: true,
  goal: { number: 4, of: 'ratio', limit: 1.02 },
};
/** Of 4 KB: 256 KB, 1.7 MB, and some between them. */
const FEW_BLOCKS = 64;
const SOME_BLOCKS = [128, 256];
const MANY_BLOCKS = 425;
const BLOCK_KB = 4;

/** Goals 1, 2 and 4 on the XS of the registry, which needs no SDK. */
export const xs: Measure = {
  name: 'xs',
  about: 'computrons, garbage, leaks and the memory of an update on the XS of the npm registry',
  readings: [COMPUTRONS, GARBAGE, LEAK, LIVE, IDLE, MOVE, UPDATE],
  async run({ isQuick, progress }: BenchContext) {
    if (findXsEngine() === undefined) {
      throw new NotMeasurable('@agoric/xsnap is not there: a C compiler and make, then `npm install @agoric/xsnap`');
    }
    const commands = isQuick ? FEW_COMMANDS : MANY_COMMANDS;
    const leak = { ...LEAK, title: leakTitle(commands) };
    const updates = isQuick ? [FEW_BLOCKS, MANY_BLOCKS] : [FEW_BLOCKS, ...SOME_BLOCKS, MANY_BLOCKS];
    return [
      ...(await orWhy([COMPUTRONS, GARBAGE, leak, LIVE, IDLE, MOVE], async () => {
        progress(`${commands} commands on XS`);
        return readingsOf(await measureBudget(commands), commands);
      })),
      ...(await orWhy([UPDATE], async () => [await measureUpdates(updates, progress)])),
    ];
  },
};

function readingsOf(budget: Budget, commands: number): Reading[] {
  const bridge = budget.bridgeSlotsPerEvent * budget.eventsPerCommand;
  return [
    {
      ...COMPUTRONS,
      value: budget.commandComputrons,
      detail: { bridge: Math.round(budget.bridgeComputronsPerEvent * budget.eventsPerCommand) },
    },
    {
      ...GARBAGE,
      value: Math.round(SLOT_BYTES * (budget.garbageSlotsPerCommand - bridge)),
      detail: { slots: budget.garbageSlotsPerCommand, bridgeSlots: Math.round(bridge) },
    },
    {
      ...LEAK,
      title: leakTitle(commands),
      value: budget.liveSlotsAfter10000 - budget.liveSlots,
      detail: { commands },
    },
    { ...LIVE, value: budget.liveSlots },
    { ...IDLE, value: budget.idleMinuteComputrons },
    { ...MOVE, value: budget.moveComputrons },
  ];
}

function leakTitle(commands: number): string {
  return `Live slots after ${commands.toLocaleString('en-US')} commands beside those before`;
}

async function measureUpdates(sizes: readonly number[], progress: BenchContext['progress']): Promise<Reading> {
  const engine = await bundleEngine();
  const slots: number[] = [];
  for (const blocks of sizes) {
    progress(`an update of ${blocks * BLOCK_KB} KB on XS`);
    slots.push((await measureUpdate(engine, blocks)).slots);
  }
  const detail = Object.fromEntries(sizes.map((blocks, at) => [`${blocks * BLOCK_KB} KB`, slots[at]!]));
  return { ...UPDATE, value: slots.at(-1)!, detail, peer: { name: 'one of 256 KB', value: slots[0]! } };
}
