import { command } from '../deeds/command.js';
import { activationAnswer } from '../faults/activation-answer.js';
import { connack } from '../faults/connack.js';
import { cutPacket } from '../faults/cut-packet.js';
import { dns } from '../faults/dns.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

export const activation: Scenario = {
  name: 'activation',
  about:
    'Boards are switched on one after the other while the cloud answers activations with errors, nonsense and halves.',
  products: [
    'SW-SERVO-001',
    'SW-RELAY-002',
    'SW-DIM-001',
    'SW-SERVO-001',
    'SW-RELAY-002',
    'SW-DIM-001',
    'SW-RELAY-002',
    'SW-DIM-001',
  ],
  boardsAPlace: 2,
  powerOnMs: 30 * MINUTE_MS,
  durationMs: 40 * MINUTE_MS,
  restMs: 30 * MINUTE_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 1_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 10 },
        { kind: activationAnswer, perHour: 6 },
        { kind: connack, perHour: 1 },
        { kind: cutPacket, perHour: 4 },
        { kind: dns, perHour: 0.3 },
        { kind: wifiLost, perHour: 3 },
      ],
    }),
};
