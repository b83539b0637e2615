import { command } from '../deeds/command.js';
import { press } from '../deeds/press.js';
import { cloudKilled } from '../faults/cloud-killed.js';
import { cutPacket } from '../faults/cut-packet.js';
import { halfOpen } from '../faults/half-open.js';
import { noUplink } from '../faults/no-uplink.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

/** Complaint 12: what happens while a board is offline is never told, or without its time. */
export const offlineEvents: Scenario = {
  name: 'offline-events',
  about: 'Boards lose their network and their cloud for a while, and have a lot to tell when they are back.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-GEN-001'],
  boardsAPlace: 1,
  durationMs: 3 * HOUR_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 1_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 10 },
        { kind: press, perHour: 10 },
        { kind: wifiLost, perHour: 4 },
        { kind: noUplink, perHour: 3 },
        { kind: halfOpen, perHour: 2 },
        { kind: cutPacket, perHour: 2 },
        { kind: cloudKilled, perHour: 0.5 },
      ],
    }),
};
