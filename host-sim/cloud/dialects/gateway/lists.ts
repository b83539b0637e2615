import { filter, object } from '../../api/schema-parts.js';
import type { Page, PageRequest } from '../../domain/paging.js';

/** What a request for a list may say, everywhere. */
export interface ListQuery {
  readonly pageNum: number;
  readonly pageSize: number;
}

const NUMBER = { type: 'integer', minimum: 1, maximum: 1_000_000 };

export const LIST_QUERY = {
  pageNum: filter({ ...NUMBER, default: 1 }),
  pageSize: filter({ ...NUMBER, default: 20, description: 'At most 100 are answered.' }),
};

/** The one shape of lists. */
export interface GatewayList<T> {
  readonly total: number;
  readonly pageNum: number;
  readonly pageSize: number;
  readonly list: readonly T[];
}

/** @param item its schema */
export const listOf = (item: object) =>
  object({
    total: { type: 'integer' },
    pageNum: { type: 'integer' },
    pageSize: { type: 'integer' },
    list: { type: 'array', items: item },
  });

export function pageRequest({ pageNum, pageSize }: ListQuery): PageRequest {
  return { page: pageNum, size: pageSize };
}

/** A page of the domain as the gateway answers it. */
export function toList<T, U>({ list, total, page, size }: Page<T>, view: (item: T) => U): GatewayList<U> {
  return { total, pageNum: page, pageSize: size, list: list.map(view) };
}

/** A list that is always answered whole, because it is short. */
export function wholeList<T>(list: readonly T[]): GatewayList<T> {
  return { total: list.length, pageNum: 1, pageSize: list.length, list };
}
