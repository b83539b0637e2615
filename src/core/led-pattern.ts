import type { LifeState } from './life-cycle.js';

/**
 * A pattern of the status LED: times in ms, on and off in turn, repeated. One entry alone: steadily on (1) or off (0).
 */
export type LedPattern = readonly number[];

/** Somebody looks for the board. */
export const IDENTIFY: LedPattern = Object.freeze([50, 50]);
const OFF: LedPattern = Object.freeze([0]);
const ON: LedPattern = Object.freeze([1]);
const JOINING: LedPattern = Object.freeze([500, 500]);
const PROVISIONING: LedPattern = Object.freeze([200, 200]);
const CLOUD: LedPattern = Object.freeze([100, 900]);
const UNPROVISIONED: LedPattern = Object.freeze([100, 100, 100, 1_700]);
const SAFE_MODE: LedPattern = Object.freeze([100, 100, 100, 100, 100, 1_500]);
const UPDATING: LedPattern = Object.freeze([1_600, 100, 200, 100]);
const HOPELESS: LedPattern = Object.freeze([1_500, 500]);

/**
 * The pattern of a state (documented in `docs/events.md`).
 * @param isUpdating a build is on its way into the board
 */
export function ledPattern(life: LifeState, safeMode: boolean, isUpdating: boolean): LedPattern {
  if (life.phase === 'boot' || life.phase === 'stopped') return OFF;
  if (isUpdating || life.phase === 'updating') return UPDATING;
  if (safeMode) return SAFE_MODE;
  if (life.hopeless) return HOPELESS;
  if (life.phase === 'unprovisioned') return UNPROVISIONED;
  if (life.phase === 'provisioning') return PROVISIONING;
  if (life.phase === 'joining') return JOINING;
  return life.phase === 'online' ? ON : CLOUD;
}
