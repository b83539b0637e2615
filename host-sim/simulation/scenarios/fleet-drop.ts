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
export const fleetDrop: Scenario = {
  name: 'fleet-drop',
  about: 'A thousand boards lose their sessions in one instant, and several times more just after they came back.',
  products: fleet(1_000),
  boardsAPlace: 1,
  powerOnMs: MINUTE_MS,
  durationMs: 10 * MINUTE_MS,
  restMs: 3 * MINUTE_MS,
  plan: drops,
};

export const fleetDropSpread: Scenario = {
  ...fleetDrop,
  name: 'fleet-drop-spread',
  about: 'The same with a cloud that has announced a spread of a minute.',
  reconnectSpreadS: 60,
};
