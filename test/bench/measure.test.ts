import { describe, expect, test } from 'vitest';
import { orWhy } from '../../scripts/bench/measure.js';
import { NotMeasurable } from '../../scripts/bench/reading.js';
import { reading } from './sample.js';

const figures = [reading({ name: 'one', why: '' }), reading({ name: 'two', why: '' })];

describe('a part of a measure', () => {
  test('that fails has a reason instead of each of its figures', async () => {
    const found = await orWhy(figures, () => Promise.reject(new Error('it ended\nafter a while')));
    expect(found.map(({ name, value, why }) => [name, value, why])).toEqual([
      ['one', undefined, 'failed: it ended'],
      ['two', undefined, 'failed: it ended'],
    ]);
  });

  test('that lacks something has not failed', async () => {
    const found = await orWhy(figures, () => Promise.reject(new NotMeasurable('there is no broker')));
    expect(found.map(({ why }) => why)).toEqual(['there is no broker', 'there is no broker']);
  });

  test('that goes well has its figures', async () => {
    const found = [reading({ name: 'one', value: 3 })];
    expect(await orWhy(figures, () => Promise.resolve(found))).toBe(found);
  });
});
