import type { JSX } from 'preact';
import { common } from '../i18n/common.js';
import { sentenceOf } from '../net/api-error.js';

/** What went wrong, told at once to who listens, and how to try again. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }): JSX.Element | null {
  if (error === undefined) return null;
  return (
    <div class="problem" role="alert">
      <span>{sentenceOf(error)}</span>
      {onRetry && (
        <button type="button" class="button small" onClick={onRetry}>
          {common().retry}
        </button>
      )}
    </div>
  );
}
