import { describe, expect, it } from 'vitest';
import { type LedPattern, ledPattern } from '../../src/core/led-pattern.js';
import { INITIAL_LIFE, type LifeState, type Phase } from '../../src/core/life-cycle.js';

const at = (phase: Phase, change: Partial<LifeState> = {}): LifeState => ({ ...INITIAL_LIFE, phase, ...change });
const PHASES: readonly Phase[] = [
  'boot',
  'unprovisioned',
  'provisioning',
  'joining',
  'clock',
  'activating',
  'connecting',
  'online',
  'stopped',
];

describe('the status LED', () => {
  it('is off before the start and after the stop, also in safe mode', () => {
    for (const phase of ['boot', 'stopped'] as const) {
      expect(ledPattern(at(phase), false)).toEqual([0]);
      expect(ledPattern(at(phase, { hopeless: true }), true)).toEqual([0]);
    }
  });

  it('is steadily on while online, and never otherwise', () => {
    for (const phase of PHASES) {
      expect(ledPattern(at(phase), false)).toEqual(phase === 'online' ? [1] : expect.not.arrayContaining([1]));
    }
  });

  it('tells what a person can mend apart from what passes by itself', () => {
    const distinct = new Set<LedPattern>([
      ledPattern(at('unprovisioned'), false),
      ledPattern(at('provisioning'), false),
      ledPattern(at('joining'), false),
      ledPattern(at('connecting'), false),
      ledPattern(at('activating', { hopeless: true }), false),
      ledPattern(at('online'), true),
      ledPattern(at('online'), false),
    ]);
    expect(distinct.size).toBe(7);
  });

  it('has patterns of on and off in turn, that a person can see', () => {
    for (const phase of PHASES) {
      for (const hopeless of [false, true]) {
        for (const safeMode of [false, true]) {
          const pattern = ledPattern(at(phase, { hopeless }), safeMode);
          expect(pattern.length === 1 ? pattern[0]! <= 1 : pattern.length % 2 === 0).toBe(true);
          if (pattern.length > 1) for (const ms of pattern) expect(ms).toBeGreaterThanOrEqual(100);
          expect(Object.isFrozen(pattern)).toBe(true);
        }
      }
    }
  });
});
