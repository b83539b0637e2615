import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heard, shareDone } from '../../host-sim/panel/views/updates/live-update.js';
import { OPEN_STATES, STATES } from '../../host-sim/panel/views/updates/messages.js';

const PROGRESS = 'ota/device/progress';
const step = (value: unknown): object => ({ id: '1', params: { step: value, desc: '' } });

describe('what a board says while its update is shown', () => {
  it('moves its bar, and from all of it on it is checking', () => {
    expect(heard(PROGRESS, step('35'), 'downloading')).toEqual({ state: 'downloading', percent: 35 });
    expect(heard(PROGRESS, step(5), 'told')).toEqual({ state: 'downloading', percent: 5 });
    expect(heard(PROGRESS, step('100'), 'downloading')).toEqual({ state: 'verifying', percent: null });
  });

  it('is asked about at the cloud where that decides: a failure, a version, a session', () => {
    expect(heard(PROGRESS, step('-2'), 'downloading')).toBe('ask');
    expect(heard('ota/device/inform', { params: { version: '1.1.0' } }, 'restarting')).toBe('ask');
    expect(heard('status', { status: 'offline' }, 'verifying')).toBe('ask');
  });

  it('does not bring back what is over', () => {
    for (const state of ['updated', 'failed', 'cancelled', 'superseded', 'skipped', 'pending'] as const) {
      expect(heard(PROGRESS, step('50'), state)).toBe('ask');
    }
  });

  it('is left alone where it is about something else', () => {
    expect(heard('thing/event/property/post', { params: { angle: 90 } }, 'downloading')).toBeUndefined();
  });

  it('is a whole percent or asked about, whatever the board makes of it', () => {
    for (const wrong of ['', '101', '1000', '5.5', '-5', null, {}, [], true, 'NaN', Number.NaN, '１０']) {
      expect([wrong, heard(PROGRESS, step(wrong), 'downloading')]).toEqual([wrong, 'ask']);
    }
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...STATES), (payload, state) => {
        const said = heard(PROGRESS, payload, state);
        if (typeof said === 'object' && said.percent !== null) {
          expect(Number.isInteger(said.percent) && said.percent >= 0 && said.percent < 100).toBe(true);
        }
      }),
    );
  });
});

describe('the bar of a board', () => {
  it('is there while it is on its way and when it is through, and not where there is nothing to show', () => {
    expect(STATES.map((state) => shareDone({ state, percent: 40 }))).toEqual([
      ...[0, 0, 40, 100, 100],
      ...[100, undefined, undefined, undefined, undefined],
    ]);
    expect(OPEN_STATES.every((state) => shareDone({ state, percent: null }) !== undefined)).toBe(true);
  });
});
