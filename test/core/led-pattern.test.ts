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
  'updating',
  'stopped',
];

describe('the status LED', () => {
  it('is off before the start and after the stop, also in safe mode', () => {
    for (const phase of ['boot', 'stopped'] as const) {
      expect(ledPattern(at(phase), false, false)).toEqual([0]);
      expect(ledPattern(at(phase, { hopeless: true }), true, false)).toEqual([0]);
    }
  });

  it('is steadily on while online, and never otherwise', () => {
    for (const phase of PHASES) {
      expect(ledPattern(at(phase), false, false)).toEqual(phase === 'online' ? [1] : expect.not.arrayContaining([1]));
    }
  });

  it('tells what a person can mend apart from what passes by itself', () => {
    const distinct = new Set<LedPattern>([
      ledPattern(at('unprovisioned'), false, false),
      ledPattern(at('provisioning'), false, false),
      ledPattern(at('joining'), false, false),
      ledPattern(at('connecting'), false, false),
      ledPattern(at('activating', { hopeless: true }), false, false),
      ledPattern(at('online'), true, false),
      ledPattern(at('online'), false, false),
      ledPattern(at('online'), false, true),
    ]);
    expect(distinct.size).toBe(8);
  });

  it('shows an update for as long as one is on its way, also in safe mode, and with the session left for it', () => {
    const updating = ledPattern(at('online'), false, true);
    expect(ledPattern(at('online'), true, true)).toBe(updating);
    expect(ledPattern(at('updating'), false, false)).toBe(updating);
    expect(ledPattern(at('stopped'), false, true)).toEqual([0]);
  });

  it('has patterns of on and off in turn, that a person can see', () => {
    for (const phase of PHASES) {
      for (const hopeless of [false, true]) {
        for (const safeMode of [false, true]) {
          const pattern = ledPattern(at(phase, { hopeless }), safeMode, false);
          expect(pattern.length === 1 ? pattern[0]! <= 1 : pattern.length % 2 === 0).toBe(true);
          if (pattern.length > 1) for (const ms of pattern) expect(ms).toBeGreaterThanOrEqual(100);
          expect(Object.isFrozen(pattern)).toBe(true);
        }
      }
    }
  });
});
