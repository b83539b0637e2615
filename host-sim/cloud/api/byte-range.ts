/** First and last byte of a part, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a GET of a file of so many bytes is answered with: all of it, a part, or that there is no such part (RFC 9110, 14). */
export type Selection = 'all' | 'unsatisfiable' | ByteRange;

/**
 * Reads a Range field. One range of bytes is served; several, another unit, and what is malformed are as if they were not there, which
 * RFC 9110 (14.2) leaves to the server.
 * @param bytes at least 1
 */
export function selectRange(field: string | undefined, bytes: number): Selection {
  const [, from = '', to = ''] = /^bytes=[ \t]*(?:,[ \t]*)*(\d*)-(\d*)[ \t]*$/i.exec(field ?? '') ?? [];
  if (from === '' && to === '') return 'all';
  if (from === '') {
    const count = Math.min(Number(to), bytes);
    return count === 0 ? 'unsatisfiable' : { first: bytes - count, last: bytes - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return 'all';
  if (first >= bytes) return 'unsatisfiable';
  return { first, last: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) };
}

/** Whether If-None-Match names this entity tag, weak or strong (RFC 9110, 13.1.2). */
export function namesTag(field: string | undefined, tag: string): boolean {
  if (field === undefined) return false;
  return field.trim() === '*' || field.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

/** Whether a range may be served as far as If-Range goes: a strong tag that is the same; a date never is (RFC 9110, 13.1.5). */
export function fitsIfRange(field: string | undefined, tag: string): boolean {
  return field === undefined || field.trim() === tag;
}
