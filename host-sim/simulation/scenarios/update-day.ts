import { ask } from '../deeds/ask.js';
import { command } from '../deeds/command.js';
import { publishUpdate } from '../deeds/publish-update.js';
import { cutAtWrite } from '../faults/cut-at-write.js';
import { dropped } from '../faults/dropped.js';
import { powerCut } from '../faults/power-cut.js';
import { wifiLost } from '../faults/wifi-lost.js';
import type { Happening } from '../happening.js';
import { updated } from '../promises/updated.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const PULSE_MS = 40_000;

/** It happens while every board is in the middle of a pulse. */
function inPulses(boards: number, happening: Happening): Happening[] {
  const params = { action: 'pulse', duration: PULSE_MS };
  const pulses = Array.from({ length: boards }, (_, board) => ({
    atMs: happening.atMs - 1_000,
    what: ask.what,
    board,
    params,
  }));
  return [...pulses, happening];
}

export const updateDay: Scenario = {
  name: 'update-day',
  about: 'Three updates in a day, while people press and call, links drop and the power goes in the middle of it all.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001', 'SW-SERVO-001'],
  boardsAPlace: 3,
  durationMs: 8 * HOUR_MS,
  restMs: 90 * MINUTE_MS,
  promises: [updated],
  plan: (random, { products, durationMs }) => [
    ...inPulses(products.length, { atMs: 30 * MINUTE_MS, what: publishUpdate.what, stages: [20, 100] }),
    ...inPulses(products.length, { atMs: 3 * HOUR_MS, what: publishUpdate.what, stages: [100], raisesFloor: true }),
    ...inPulses(products.length, { atMs: 6 * HOUR_MS, what: publishUpdate.what, stages: [10, 50, 100] }),
    // Off for the whole first update.
    { atMs: 20 * MINUTE_MS, what: powerCut.what, board: 2, offMs: 2 * HOUR_MS },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: MINUTE_MS,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 4 },
        { kind: dropped, perHour: 1 },
        { kind: wifiLost, perHour: 0.2 },
        { kind: powerCut, perHour: 0.5 },
        { kind: cutAtWrite, perHour: 2 },
      ],
    }),
  ],
};

export const updateDayTls: Scenario = {
  ...updateDay,
  name: 'update-day-tls',
  about: 'The same day over TLS, packages included.',
  tls: { certificateAgeMs: 0 },
};
