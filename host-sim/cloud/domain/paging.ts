/** Largest page; a request for more gets this many. */
export const MAX_PAGE_SIZE = 100;

export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly size: number;
}

/** One page of a list (API reference, 3.2 and 4.2). */
export interface Page<T> {
  readonly list: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

export function pageOf(request: PageRequest, maxSize = MAX_PAGE_SIZE): { limit: number; offset: number } {
  const limit = Math.min(request.size, maxSize);
  return { limit, offset: (request.page - 1) * limit };
}

/** One page of a list that is short. */
export function pageOfAll<T>(all: readonly T[], request: PageRequest): Page<T> {
  const { limit, offset } = pageOf(request);
  return { list: all.slice(offset, offset + limit), total: all.length, page: request.page, size: limit };
}
