import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActivationFailure,
  activationRetryMs,
  BACKOFF_CAP_MS,
  backoffCeilingMs,
  backoffMs,
  isHopeless,
  sessionRetryMs,
} from '../../src/core/backoff.js';

const ALMOST_1 = 1 - 2 ** -32;
const random = fc.double({ min: 0, max: ALMOST_1, noNaN: true });
const attempt = fc.oneof(fc.nat({ max: 12 }), fc.nat());

describe('the backoff', () => {
  it('doubles from 1 s and stays at 120 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 1_000, 2 ** 31].map(backoffCeilingMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000, 120_000,
    ]);
  });

  it('has full jitter: anything from nothing to the ceiling', () => {
    expect(backoffMs(3, 0)).toBe(0);
    expect(backoffMs(3, 0.5)).toBe(4_000);
    expect(backoffMs(3, ALMOST_1)).toBe(7_999);
    fc.assert(
      fc.property(attempt, random, (count, chance) => {
        const delay = backoffMs(count, chance);
        expect(Number.isInteger(delay) && delay >= 0 && delay < backoffCeilingMs(count)).toBe(true);
      }),
    );
  });

  it('spreads a fleet evenly', () => {
    const delays = Array.from({ length: 1_000 }, (_, i) => backoffMs(7, i / 1_000));
    for (let tenth = 0; tenth < 10; tenth++) {
      expect(delays.filter((delay) => Math.floor(delay / 12_000) === tenth)).toHaveLength(100);
    }
  });
});

describe('the next activation', () => {
  const refused = (status: number, word: string): ActivationFailure => ({ kind: 'refused', status, word });

  it.each<[string, ActivationFailure, number, number]>([
    ['a broken answer: the ordinary backoff', { kind: 'broken', reason: '' }, 0, 3_999],
    ['429 without a time: 30 s at least', { kind: 'throttled' }, 30_000, 33_999],
    ['429 with a time: that', { kind: 'throttled', retryAfterMs: 7_000 }, 7_000, 10_999],
    ['429 with a very long time: an hour', { kind: 'throttled', retryAfterMs: 1e12 }, 3_600_000, 3_600_000],
    ['device_in_use: 60 to 120 s', refused(403, 'device_in_use'), 60_000, 119_999],
    ['invalid_product_key: 15 min', refused(401, 'invalid_product_key'), 900_000, 903_999],
    ['the same as the seed has it', refused(400, 'invalid_product_key'), 900_000, 903_999],
    ['product_disabled: 15 min', refused(403, 'product_disabled'), 900_000, 903_999],
    ['what the board itself will not do: 15 min', { kind: 'unable', reason: 'no key' } as const, 900_000, 903_999],
    ['any other 403: 15 min', refused(403, 'refused'), 900_000, 903_999],
    ['any other 4xx: 30 s at least', refused(404, 'device_not_found'), 30_000, 33_999],
  ])('after %s', (_name, failure, least, most) => {
    expect(activationRetryMs(failure, 2, 0)).toBe(least);
    expect(activationRetryMs(failure, 2, ALMOST_1)).toBe(most);
  });

  it('is hopeless only where a person must act', () => {
    expect(isHopeless(refused(403, 'device_in_use'))).toBe(false);
    expect(isHopeless(refused(403, 'refused'))).toBe(true);
    expect(isHopeless(refused(400, 'product_disabled'))).toBe(true);
    expect(isHopeless(refused(404, 'device_not_found'))).toBe(false);
    expect(isHopeless({ kind: 'unable', reason: 'no key' })).toBe(true);
    expect(isHopeless({ kind: 'broken', reason: 'closed' })).toBe(false);
  });
});

describe('the next session', () => {
  const failed = { kind: 'failed', reason: 'closed' } as const;

  it('comes within the spread after one that was online was lost', () => {
    expect(sessionRetryMs(failed, true, 0, 10_000, 0)).toBe(0);
    expect(sessionRetryMs(failed, true, 0, 10_000, ALMOST_1)).toBe(9_999);
    expect(sessionRetryMs(failed, true, 0, 60_000, 0.5)).toBe(30_000);
  });

  it('keeps its backoff when a session comes online and drops again and again', () => {
    expect(sessionRetryMs(failed, true, 6, 10_000, 0.5)).toBe(32_000);
    expect(sessionRetryMs(failed, true, 2, 10_000, 0.5)).toBe(5_000);
    expect(sessionRetryMs(failed, true, 3, 0, 0.5)).toBe(4_000);
  });

  it('takes the ordinary backoff after one that never came online', () => {
    expect(sessionRetryMs(failed, false, 0, 60_000, ALMOST_1)).toBe(999);
    expect(sessionRetryMs(failed, false, 20, 60_000, ALMOST_1)).toBe(119_999);
  });

  it('waits 30 s at least after a refusal, and never more than the backoff beyond it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), attempt, random, fc.boolean(), (code, count, chance, wasOnline) => {
        for (const loss of [{ kind: 'refused', code } as const, { kind: 'subscribe_refused' } as const]) {
          const delay = sessionRetryMs(loss, wasOnline, count, 10_000, chance);
          expect(delay >= 30_000 && delay < 30_000 + BACKOFF_CAP_MS).toBe(true);
        }
      }),
    );
  });
});
