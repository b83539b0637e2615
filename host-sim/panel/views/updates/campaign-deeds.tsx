import type { JSX } from 'preact';
import { useDeed } from '../../state/use-deed.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { Problem } from '../../ui/problem.js';
import { say } from '../../ui/toasts.js';
import { campaignWords } from './campaign-words.js';
import type { Campaign } from './messages.js';

type Deed = 'pause' | 'resume' | 'abort' | 'retry';
type Done = 'paused' | 'resumed' | 'aborted' | 'retried';

/** What can be done with a campaign as it stands. @param onDone it stands otherwise now */
export function CampaignDeeds({ campaign, onDone }: { campaign: Campaign; onDone: () => Promise<void> }): JSX.Element {
  const { api } = useWorld();
  const words = campaignWords();
  const { isBusy, error, run } = useDeed();
  const { campaignId, status, boards } = campaign;

  const act = (deed: Deed, done: Done) => async (): Promise<void> => {
    await run(async () => {
      await api.post(`/ota/campaigns/${encodeURIComponent(campaignId)}/${deed}`);
      say(words[done]);
    });
    await onDone();
  };
  const abort = async (): Promise<void> => {
    if (await confirmed({ title: words.abortTitle, text: words.abortText, deed: words.abort })) {
      await act('abort', 'aborted')();
    }
  };
  const button = (deed: Deed, onClick: () => Promise<void>): JSX.Element => (
    <button key={deed} type="button" class="button" disabled={isBusy} onClick={() => void onClick()}>
      {words[deed]}
    </button>
  );
  return (
    <>
      <div class="row">
        {status === 'running' && button('pause', act('pause', 'paused'))}
        {status === 'paused' && button('resume', act('resume', 'resumed'))}
        {(status === 'running' || status === 'paused') && button('abort', abort)}
        {boards.failed + boards.cancelled > 0 && button('retry', act('retry', 'retried'))}
      </div>
      <Problem error={error} />
    </>
  );
}
