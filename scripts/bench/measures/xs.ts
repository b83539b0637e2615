import { findXsEngine } from '../../../host-sim/xs/engine.js';
import { measureBudget } from '../../../test/xs/measure.js';
import type { BenchContext, Measure } from '../measure.js';
import { NotMeasurable, type Reading } from '../reading.js';

const SLOT_BYTES = 16;
const HOW = '`@agoric/xsnap`, virtual time; exact';

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
  title: 'Live slots after 10,000 commands beside those before',
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

/** Goals 1 and 2 on the XS of the registry, which needs no SDK. */
export const xs: Measure = {
  name: 'xs',
  about: 'computrons, garbage and leaks on the XS of the npm registry',
  readings: [COMPUTRONS, GARBAGE, LEAK, LIVE, IDLE, MOVE],
  async run({ isQuick, progress }: BenchContext) {
    if (findXsEngine() === undefined) {
      throw new NotMeasurable('@agoric/xsnap is not there: a C compiler and make, then `npm install @agoric/xsnap`');
    }
    const commands = isQuick ? 1_000 : 10_000;
    progress(`${commands} commands on XS`);
    const budget = await measureBudget(commands);
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
      { ...LEAK, value: budget.liveSlotsAfter10000 - budget.liveSlots, detail: { commands } },
      { ...LIVE, value: budget.liveSlots },
      { ...IDLE, value: budget.idleMinuteComputrons },
      { ...MOVE, value: budget.moveComputrons },
    ];
  },
};
