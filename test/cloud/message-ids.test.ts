import { expect, test } from 'vitest';
import { MessageIds } from '../../host-sim/cloud/broker/message-ids.js';

test('an acknowledgement is told to whom it concerns, once, in whatever order they come', () => {
  const ids = new MessageIds();
  const told: string[] = [];
  const first = ids.next(() => told.push('first'));
  const other = ids.next(undefined);
  const second = ids.next(() => told.push('second'));
  for (const id of [other, 0, 999, second, second, first, first]) ids.acknowledged(id);
  expect(told).toEqual(['second', 'first']);
});

test('identifiers go from 1 to 65535 and leave out those that are waited for', () => {
  const ids = new MessageIds();
  let told = false;
  const waited = ids.next(() => {
    told = true;
  });
  const seen = new Set(Array.from({ length: 65_534 }, () => ids.next(undefined)));
  expect([seen.size, Math.min(...seen), Math.max(...seen), waited]).toEqual([65_534, 2, 65_535, 1]);
  expect(ids.next(undefined)).toBe(2);
  expect(told).toBe(false);
  ids.acknowledged(waited);
  expect(told).toBe(true);
});

test('of a client that acknowledges nothing the newest 256 are remembered', () => {
  const ids = new MessageIds();
  const told: number[] = [];
  const given = Array.from({ length: 257 }, (_, index) => ids.next(() => told.push(index)));
  for (const id of given) ids.acknowledged(id);
  expect(told).toEqual(Array.from({ length: 256 }, (_, index) => index + 1));
});
