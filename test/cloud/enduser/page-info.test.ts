import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toPageInfo } from '../../../host-sim/cloud/dialects/enduser/page-info.js';

/** The page of a list of the numbers from 1 to `total`. */
function pageOf(total: number, page: number, size: number) {
  const offset = (page - 1) * size;
  const length = Math.max(0, Math.min(size, total - offset));
  const list = Array.from({ length }, (_, index) => offset + index + 1);
  return toPageInfo({ list, total, page, size }, (item) => item);
}

/** What comes of PageHelper's own PageInfo, worked out by hand from its documentation: 85 rows of 10. */
const BY_HAND: [page: number, expected: object][] = [
  [
    1,
    {
      size: 10,
      startRow: 1,
      endRow: 10,
      prePage: 0,
      nextPage: 2,
      isFirstPage: true,
      isLastPage: false,
      navigatepageNums: [1, 2, 3, 4, 5, 6, 7, 8],
    },
  ],
  [4, { startRow: 31, endRow: 40, prePage: 3, nextPage: 5, navigatepageNums: [1, 2, 3, 4, 5, 6, 7, 8] }],
  [5, { startRow: 41, endRow: 50, navigatepageNums: [1, 2, 3, 4, 5, 6, 7, 8], navigateLastPage: 8 }],
  [
    6,
    { startRow: 51, endRow: 60, navigatepageNums: [2, 3, 4, 5, 6, 7, 8, 9], navigateFirstPage: 2, navigateLastPage: 9 },
  ],
  [
    9,
    {
      size: 5,
      startRow: 81,
      endRow: 85,
      prePage: 8,
      nextPage: 0,
      isFirstPage: false,
      isLastPage: true,
      hasPreviousPage: true,
      hasNextPage: false,
      navigatepageNums: [2, 3, 4, 5, 6, 7, 8, 9],
    },
  ],
  [
    12,
    {
      size: 0,
      startRow: 0,
      endRow: 0,
      prePage: 11,
      nextPage: 0,
      isLastPage: false,
      navigatepageNums: [2, 3, 4, 5, 6, 7, 8, 9],
    },
  ],
];

describe('the page of a list', () => {
  test('is the one of the vendor’s example', () => {
    expect(pageOf(1, 1, 10)).toEqual({
      total: 1,
      list: [1],
      pageNum: 1,
      pageSize: 10,
      size: 1,
      startRow: 1,
      endRow: 1,
      pages: 1,
      prePage: 0,
      nextPage: 0,
      isFirstPage: true,
      isLastPage: true,
      hasPreviousPage: false,
      hasNextPage: false,
      navigatePages: 8,
      navigatepageNums: [1],
      navigateFirstPage: 1,
      navigateLastPage: 1,
    });
  });

  test('of nothing is the first and the last, and there is none to go to', () => {
    expect(pageOf(0, 1, 10)).toMatchObject({
      size: 0,
      startRow: 0,
      endRow: 0,
      pages: 0,
      prePage: 0,
      nextPage: 0,
      isFirstPage: true,
      isLastPage: true,
      navigatepageNums: [],
      navigateFirstPage: 0,
      navigateLastPage: 0,
    });
  });

  test.each(BY_HAND)('number %i of nine', (page, expected) => {
    expect(pageOf(85, page, 10)).toMatchObject({ total: 85, pages: 9, ...expected });
  });

  test('in the middle of many shows four before it and three behind it', () => {
    expect(pageOf(1_000, 50, 10).navigatepageNums).toEqual([46, 47, 48, 49, 50, 51, 52, 53]);
  });

  test('agrees with itself, whatever the numbers are', () => {
    const number = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(fc.nat(500), number, fc.integer({ min: 1, max: 100 }), (total, page, size) => {
        const info = pageOf(total, page, size);
        expect(info.pages).toBe(Math.ceil(total / size));
        expect(info.size).toBe(info.list.length);
        if (info.size > 0) expect([info.list[0], info.list.at(-1)]).toEqual([info.startRow, info.endRow]);
        expect(info.hasNextPage).toBe(info.nextPage > 0);
        expect(info.isFirstPage).toBe(!info.hasPreviousPage);
        expect(info.navigatepageNums).toHaveLength(Math.min(8, info.pages));
        for (const [index, one] of info.navigatepageNums.entries()) expect(one).toBe(info.navigateFirstPage + index);
        expect(info.navigateLastPage).toBeLessThanOrEqual(info.pages);
        if (page <= info.pages) expect(info.navigatepageNums).toContain(page);
      }),
    );
  });
});
