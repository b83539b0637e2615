import type { JSX } from 'preact';
import { common } from '../i18n/common.js';

/** Which part of a list is shown, and the ways to the others. Pages count from 1. */
export function Pager(props: {
  label: string;
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}): JSX.Element {
  const { label, page, size, total, onPage } = props;
  const words = common();
  const from = Math.min(total, (page - 1) * size + 1);
  const to = Math.min(total, page * size);
  return (
    <nav class="pager" aria-label={label}>
      <button type="button" class="button small" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        {words.previous}
      </button>
      <span>{words.rangeOf(from, to, total)}</span>
      <button type="button" class="button small" disabled={to >= total} onClick={() => onPage(page + 1)}>
        {words.next}
      </button>
    </nav>
  );
}
