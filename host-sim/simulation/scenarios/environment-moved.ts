import { command } from '../deeds/command.js';
import { moveEnvironment } from '../deeds/move-environment.js';
import { otherCloudDown } from '../faults/other-cloud-down.js';
import { powerCut } from '../faults/power-cut.js';
import { notStranded } from '../promises/not-stranded.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

export const environmentMoved: Scenario = {
  name: 'environment-moved',
  about:
    'Boards are moved by name to another cloud and back; one finds nobody there, and one loses its power on the way.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  boardsAPlace: 3,
  tls: { certificateAgeMs: 0, hasOther: true },
  durationMs: 90 * MINUTE_MS,
  promises: [notStranded],
  plan: (random, { products, durationMs }) => {
    const move = (board: number, name: string, minute: number) => ({
      atMs: minute * MINUTE_MS + random.between(0, 20_000),
      what: moveEnvironment.what,
      board,
      name,
    });
    const cut = move(4, 'test', 45);
    return [
      move(0, 'test', 10),
      move(1, 'test', 10),
      move(0, 'dev', 20),
      // Nobody is there: it is back by itself.
      { atMs: 30 * MINUTE_MS, what: otherCloudDown.what, forMs: 10 * MINUTE_MS },
      move(2, 'test', 31),
      cut,
      // It has hardly got the order, or is on its way.
      { atMs: cut.atMs + random.between(100, 700), what: powerCut.what, board: 4, offMs: 5 * SECOND_MS },
      move(1, 'dev', 60),
      move(3, 'test', 65),
      ...drawPlan(random, {
        boards: products.length,
        fromMs: MINUTE_MS,
        untilMs: durationMs,
        rates: [
          { kind: command, perHour: 3 },
          { kind: powerCut, perHour: 0.3 },
        ],
      }),
    ];
  },
};
