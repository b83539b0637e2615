import type { JSX } from 'preact';
import { campaignWords } from './campaign-words.js';
import type { Campaign } from './messages.js';
import { titleOf } from './names.js';
import { boardsText } from './state-words.js';

/** How many of a campaign's boards are updated, as a bar, and how all of them stand in words. */
export function Overall({ of: campaign }: { of: Campaign }): JSX.Element {
  const { total, updated } = campaign.boards;
  return (
    <div class="progress">
      <progress aria-label={campaignWords().progressOf(titleOf(campaign))} max={Math.max(1, total)} value={updated} />
      <span>{boardsText(campaign)}</span>
    </div>
  );
}
