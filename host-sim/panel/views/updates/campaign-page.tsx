import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { dayTime } from '../../i18n/time.js';
import type { Page as ListPage } from '../../net/api.js';
import { href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Badge } from '../../ui/badge.js';
import { Facts } from '../../ui/facts.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { BOARDS_SIZE, CampaignBoards } from './campaign-boards.js';
import { CampaignDeeds } from './campaign-deeds.js';
import { campaignWords } from './campaign-words.js';
import { type Campaign, type CampaignDevice, isLive, type UpdateState } from './messages.js';
import { nameOf, titleOf } from './names.js';
import { Overall } from './overall.js';
import { stateWords, statusTone } from './state-words.js';

const POLL_MS = 2_000;

/** One campaign: how it stands, what can be done with it, and each of its boards, as it happens. */
export function CampaignPage({ campaignId }: { campaignId: string }): JSX.Element {
  const { api } = useWorld();
  const words = campaignWords();
  const [state, setState] = useState<UpdateState | undefined>(undefined);
  const [page, setPage] = useState(1);
  const [isMoving, setMoving] = useState(true);
  const path = `/ota/campaigns/${encodeURIComponent(campaignId)}`;
  const { data, error, reload } = useLoaded(
    async (signal) => {
      const query = { page, size: BOARDS_SIZE, state };
      const [campaign, devices] = await Promise.all([
        api.get<Campaign>(path, {}, signal),
        api.get<ListPage<CampaignDevice>>(`${path}/devices`, query, signal),
      ]);
      setMoving(isLive(campaign));
      return { campaign, devices };
    },
    [campaignId, state, page],
    isMoving ? POLL_MS : undefined,
  );

  return (
    <Page title={data ? titleOf(data.campaign) : words.campaign} aside={<a href={href('updates')}>{words.back}</a>}>
      <Problem error={error} onRetry={reload} />
      {data && (
        <>
          <div class="card stack">
            <Summary of={data.campaign} />
            <CampaignDeeds campaign={data.campaign} onDone={reload} />
          </div>
          <CampaignBoards
            campaign={data.campaign}
            devices={data.devices}
            state={state}
            onState={(next) => {
              setState(next);
              setPage(1);
            }}
            onPage={setPage}
            onNews={reload}
          />
        </>
      )}
    </Page>
  );
}

function Summary({ of: campaign }: { of: Campaign }): JSX.Element {
  const words = campaignWords();
  const { status, reason, stages, stage, nextStageAt, abortPercent, silentMinutes, createdAt, endedAt } = campaign;
  const present = stages.length === 1 ? words.allAtOnce : words.stageOf(stage, stages.length, stages[stage - 1] ?? 100);
  return (
    <>
      <Facts
        facts={[
          [words.status, <Badge key="status" tone={statusTone(campaign)} text={stateWords().statuses[status]} />],
          [words.reason, reason ?? ''],
          [words.brings, nameOf(campaign)],
          [words.stages, nextStageAt === null ? present : `${present}. ${words.nextStage(dayTime(nextStageAt))}`],
          [words.limits, words.limitsText(abortPercent, silentMinutes)],
          [words.began, dayTime(createdAt)],
          [words.ended, endedAt === null ? '' : dayTime(endedAt)],
        ]}
      />
      <div role="status">
        <Overall of={campaign} />
      </div>
    </>
  );
}
