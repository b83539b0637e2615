import { IDENTIFY, type LedPattern, ledPattern } from '../../src/core/led-pattern.js';
import { INITIAL_LIFE } from '../../src/core/life-cycle.js';

/** The longest pattern that is looked for has so many times. */
const LONGEST = 8;
/** So many times at least must fit: five blinks of equal length stand in a row inside of patterns that are longer. */
const FEWEST_TIMES = 6;
/** Times that no pattern has are told in these steps, ms. */
const STEP_MS = 50;

/** Those of the firmware that blink. */
const PATTERNS: readonly LedPattern[] = [
  IDENTIFY,
  ...(['unprovisioned', 'provisioning', 'joining', 'connecting', 'updating'] as const).map((phase) =>
    ledPattern({ ...INITIAL_LIFE, phase }, false, false),
  ),
  ledPattern({ ...INITIAL_LIFE, phase: 'activating', hopeless: true }, false, false),
  ledPattern({ ...INITIAL_LIFE, phase: 'online' }, true, false),
];

/**
 * The cycle of a light that blinks: times in ms, on and off in turn, as the firmware's own patterns have them where one fits.
 * @param times how long it was on and off in turn, ms, newest last, each a little late at most, as timers are
 * @param endsOn whether the newest is one of light
 */
export function blinkCycle(times: readonly number[], endsOn: boolean): readonly number[] {
  let length = 0;
  let longest = 0;
  for (let candidate = 2; candidate <= LONGEST; candidate += 2) {
    const fitting = fittingTimes(times, candidate);
    if (fitting >= Math.max(FEWEST_TIMES, 2 * candidate) && fitting > longest) {
      longest = fitting;
      length = candidate;
    }
  }
  if (length === 0) return [];
  // It begins with a light.
  const start = times.length - length - (endsOn ? 1 : 0);
  const seen = times.slice(start, start + length).map((time, index) => {
    const at = start + index;
    // Timers are late and never early, so the shorter one is the better.
    return Math.min(time, times[at + length] ?? times[at - length]!);
  });
  return known(seen) ?? seen.map((time) => Math.max(STEP_MS, STEP_MS * Math.round(time / STEP_MS)));
}

/** How many of the newest times repeat what was so many times before, those that are repeated included. */
function fittingTimes(times: readonly number[], length: number): number {
  let at = times.length - 1;
  while (at >= length && isNear(times[at]!, times[at - length]!)) at--;
  const repeated = times.length - 1 - at;
  return repeated === 0 ? 0 : repeated + length;
}

/** The pattern of the firmware that this is, whichever of its lights was taken for the first. */
function known(seen: readonly number[]): LedPattern | undefined {
  for (const pattern of PATTERNS) {
    if (pattern.length !== seen.length) continue;
    for (let turn = 0; turn < seen.length; turn += 2) {
      if (pattern.every((time, index) => isNear(time, seen[(index + turn) % seen.length]!))) return pattern;
    }
  }
  return undefined;
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 20 + Math.min(a, b) / 5;
}
