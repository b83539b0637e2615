import { object } from '../../api/schema-parts.js';
import type { Page } from '../../domain/paging.js';

/** Page numbers that a pager shows. */
const NAVIGATE_PAGES = 8;

/** A page of a list with all that a pager wants to know of it, as PageHelper (of MyBatis) tells it; 0 where there is no such page or row. */
export interface PageInfo<T> {
  readonly total: number;
  readonly list: readonly T[];
  readonly pageNum: number;
  readonly pageSize: number;
  /** Of this page. */
  readonly size: number;
  /** From 1. */
  readonly startRow: number;
  readonly endRow: number;
  readonly pages: number;
  readonly prePage: number;
  readonly nextPage: number;
  readonly isFirstPage: boolean;
  readonly isLastPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
  readonly navigatePages: number;
  readonly navigatepageNums: readonly number[];
  readonly navigateFirstPage: number;
  readonly navigateLastPage: number;
}

const INTEGER = { type: 'integer' };
const BOOLEAN = { type: 'boolean' };

/** @param item its schema */
export const pageInfoOf = (item: object) =>
  object({
    total: INTEGER,
    list: { type: 'array', items: item },
    pageNum: INTEGER,
    pageSize: INTEGER,
    size: INTEGER,
    startRow: INTEGER,
    endRow: INTEGER,
    pages: INTEGER,
    prePage: INTEGER,
    nextPage: INTEGER,
    isFirstPage: BOOLEAN,
    isLastPage: BOOLEAN,
    hasPreviousPage: BOOLEAN,
    hasNextPage: BOOLEAN,
    navigatePages: INTEGER,
    navigatepageNums: { type: 'array', items: INTEGER },
    navigateFirstPage: INTEGER,
    navigateLastPage: INTEGER,
  });

/** A page of the domain in that form. */
export function toPageInfo<T, U>({ list, total, page, size }: Page<T>, view: (item: T) => U): PageInfo<U> {
  const pages = Math.ceil(total / size);
  const startRow = list.length === 0 ? 0 : (page - 1) * size + 1;
  const navigated = navigatedPages(page, pages);
  const [first = 0] = navigated;
  const hasPages = pages > 0;
  return {
    total,
    list: list.map(view),
    pageNum: page,
    pageSize: size,
    size: list.length,
    startRow,
    endRow: list.length === 0 ? 0 : startRow - 1 + list.length,
    pages,
    prePage: hasPages && page > 1 ? page - 1 : 0,
    nextPage: page < pages ? page + 1 : 0,
    isFirstPage: page === 1,
    isLastPage: page === pages || !hasPages,
    hasPreviousPage: page > 1,
    hasNextPage: page < pages,
    navigatePages: NAVIGATE_PAGES,
    navigatepageNums: navigated,
    navigateFirstPage: first,
    navigateLastPage: navigated.at(-1) ?? 0,
  };
}

/** The page and its neighbours: half of them before it, unless an end is near. */
function navigatedPages(page: number, pages: number): number[] {
  const count = Math.min(pages, NAVIGATE_PAGES);
  const first = Math.max(1, Math.min(page - NAVIGATE_PAGES / 2, pages - count + 1));
  return Array.from({ length: count }, (_, index) => first + index);
}
