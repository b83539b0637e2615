import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeOf, rowsSeen } from '../../host-sim/panel/views/wire/row-window.js';

test('a line is found by its id, or the next one where it has gone', () => {
  const ids = fc
    .uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 20 })
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(ids, fc.integer({ min: 0, max: 51 }), (all, id) => {
      const next = all.findIndex((one) => one >= id);
      expect(
        placeOf(
          all.map((one) => ({ id: one })),
          id,
        ),
      ).toBe(next < 0 ? all.length : next);
    }),
  );
});

test('every row that can be seen is drawn, and however many there are, few others', () => {
  const sizes = fc.record({
    count: fc.nat(2_000),
    top: fc.nat(100_000),
    view: fc.integer({ min: 1, max: 2_000 }),
    row: fc.integer({ min: 16, max: 80 }),
  });
  fc.assert(
    fc.property(sizes, (given) => {
      const { count, top, view, row } = given;
      const { from, to } = rowsSeen(given);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(count);
      expect(to - from).toBeLessThanOrEqual(view / row + 14);
      for (let place = 0; place < count; place++) {
        if ((place + 1) * row > top && place * row < top + view) expect(place >= from && place < to).toBe(true);
      }
    }),
  );
});
