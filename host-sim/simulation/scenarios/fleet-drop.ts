import { droppedAll } from '../faults/dropped-all.js';
import type { Happening } from '../happening.js';
import type { Scenario } from '../scenario.js';
import type { SeededRandom } from '../seeded-random.js';
import { fleet } from './fleet.js';

const MINUTE_MS = 60_000;

/** Dropped once; and again and again, a moment after most of them are back. */
function drops(random: SeededRandom): Happening[] {
  const times = [150_000];
  for (let atMs = random.between(300, 320) * 1_000; atMs < 560_000; atMs += random.between(12_000, 40_000))
    times.push(atMs);
  return times.map((atMs) => ({ atMs, what: droppedAll.what }));
}

/** Complaint 9: a fleet that comes back all at once, also after a connect that was a success. */
function fleetThatDrops(name: string, about: string, reconnectSpreadS: number): Scenario {
  return {
    name,
    about,
    get products() {
      return fleet(1_000);
    },
    boardsAPlace: 1,
    reconnectSpreadS,
    powerOnMs: MINUTE_MS,
    durationMs: 10 * MINUTE_MS,
    restMs: 3 * MINUTE_MS,
    plan: drops,
  };
}

export const fleetDrop = fleetThatDrops(
  'fleet-drop',
  'A thousand boards lose their sessions in one instant, and several times more just after they came back.',
  10,
);

export const fleetDropSpread = fleetThatDrops(
  'fleet-drop-spread',
  'The same with a cloud that has announced a spread of a minute.',
  60,
);
