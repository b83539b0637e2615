import type { JSX } from 'preact';
import { Badge } from '../../ui/badge.js';
import { shareDone } from './live-update.js';
import type { Update } from './messages.js';
import { stateWords, toneOf } from './state-words.js';

/** Where a board's update stands: a word, and a bar where it is on its way or through. @param label of the bar */
export function UpdateStanding({ of: update, label }: { of: Update; label: string }): JSX.Element {
  const { state, percent } = update;
  const share = shareDone(update);
  const word = stateWords().states[state];
  return (
    <div class="progress">
      <Badge tone={toneOf(update)} text={state === 'downloading' ? `${word} ${percent ?? 0} %` : word} />
      {share !== undefined && <progress aria-label={label} max={100} value={share} />}
    </div>
  );
}
