import { IDENTIFY, type LedPattern, ledPattern } from '../../../../src/core/led-pattern.js';
import { INITIAL_LIFE } from '../../../../src/core/life-cycle.js';
import type { SimLedView } from '../../../sim-api/messages.js';

/** What the status LED says (docs/events.md). `dark` and `lit`: how it is now, of a pattern that has not been seen twice. */
export type LedMeaning =
  | 'dark'
  | 'lit'
  | 'off'
  | 'online'
  | 'identify'
  | 'unprovisioned'
  | 'provisioning'
  | 'joining'
  | 'cloud'
  | 'updating'
  | 'hopeless'
  | 'safeMode'
  | 'blinking';

const PATTERNS: readonly (readonly [LedMeaning, LedPattern])[] = [
  ['identify', IDENTIFY],
  ['unprovisioned', ledPattern({ ...INITIAL_LIFE, phase: 'unprovisioned' }, false, false)],
  ['provisioning', ledPattern({ ...INITIAL_LIFE, phase: 'provisioning' }, false, false)],
  ['joining', ledPattern({ ...INITIAL_LIFE, phase: 'joining' }, false, false)],
  ['cloud', ledPattern({ ...INITIAL_LIFE, phase: 'connecting' }, false, false)],
  ['updating', ledPattern({ ...INITIAL_LIFE, phase: 'updating' }, false, false)],
  ['hopeless', ledPattern({ ...INITIAL_LIFE, phase: 'activating', hopeless: true }, false, false)],
  ['safeMode', ledPattern({ ...INITIAL_LIFE, phase: 'online' }, true, false)],
];

/** States in which nothing drives the LED. */
const NOT_RUNNING: readonly string[] = ['off', 'crashed', 'boot', 'stopped'];

/**
 * What a light says by how it blinks; `blinking`: a pattern that the firmware does not have.
 * @param state the board's, which tells a light that is steady from one that has just begun to blink
 */
export function ledMeaning({ on, cycle }: SimLedView, state: string | undefined): LedMeaning {
  if (cycle.length === 0) {
    if (on) return state === 'online' ? 'online' : 'lit';
    return state !== undefined && NOT_RUNNING.includes(state) ? 'off' : 'dark';
  }
  const found = PATTERNS.find(
    ([, pattern]) => pattern.length === cycle.length && pattern.every((time, index) => time === cycle[index]),
  );
  return found?.[0] ?? 'blinking';
}

/**
 * A pattern as steps of an animation: when (0 to 1) it changes to what, on first.
 * @param cycle times in ms, on and off in turn, two or more
 */
export function blinkSteps(cycle: readonly number[]): readonly { readonly offset: number; readonly on: boolean }[] {
  const totalMs = cycle.reduce((sum, time) => sum + time, 0);
  let atMs = 0;
  const steps = cycle.map((time, index) => {
    const step = { offset: atMs / totalMs, on: index % 2 === 0 };
    atMs += time;
    return step;
  });
  return [...steps, { offset: 1, on: true }];
}
