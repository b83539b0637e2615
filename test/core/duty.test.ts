import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dutyOf } from '../../src/core/duty.js';

it('a duty is the nearest to its share, but what is on some of the time is neither off nor always on', () => {
  expect([0, 0.5, 1, 1e-12, 1 - 1e-12].map((share) => dutyOf(share, 255))).toEqual([0, 128, 255, 1, 254]);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 8, max: 14 }).map((bits) => 2 ** bits - 1),
      (share, fullDuty) => {
        const duty = dutyOf(share, fullDuty);
        expect([duty === 0, duty === fullDuty]).toEqual([share === 0, share === 1]);
        expect(Math.abs(duty - share * fullDuty)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
