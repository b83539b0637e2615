import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { dayTime } from '../../i18n/time.js';
import type { Page } from '../../net/api.js';
import { href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Badge } from '../../ui/badge.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { type Column, Table } from '../../ui/table.js';
import { campaignWords } from './campaign-words.js';
import { type Campaign, isLive } from './messages.js';
import { nameOf, titleOf } from './names.js';
import { Overall } from './overall.js';
import { stateWords, statusTone } from './state-words.js';

const SIZE = 10;
const POLL_MS = 2_000;
/** Where none is under way: another one may have been begun elsewhere. */
const QUIET_POLL_MS = 15_000;

/** All campaigns that the user may see, the newest first. */
export function CampaignList(): JSX.Element {
  const { api } = useWorld();
  const words = campaignWords();
  const [page, setPage] = useState(1);
  const [isBusy, setBusy] = useState(true);
  const { data, error, reload } = useLoaded(
    async (signal) => {
      const found = await api.get<Page<Campaign>>('/ota/campaigns', { page, size: SIZE }, signal);
      setBusy(found.list.some(isLive));
      return found;
    },
    [page],
    isBusy ? POLL_MS : QUIET_POLL_MS,
  );

  const columns: readonly Column<Campaign>[] = [
    {
      title: words.campaign,
      isName: true,
      cell: (one) => <a href={href('updates', 'campaigns', one.campaignId)}>{titleOf(one)}</a>,
    },
    { title: words.brings, cell: nameOf },
    {
      title: words.status,
      cell: (one) => <Badge tone={statusTone(one)} text={stateWords().statuses[one.status]} />,
    },
    { title: words.progress, cell: (one) => <Overall of={one} /> },
    { title: words.began, cell: ({ createdAt }) => dayTime(createdAt) },
  ];
  return (
    <section class="stack" aria-labelledby="campaigns">
      <div class="row section-head">
        <h2 id="campaigns">{words.campaigns}</h2>
        <a class="button" href={href('updates', 'new')}>
          {words.begin}
        </a>
      </div>
      <Problem error={error} onRetry={reload} />
      {data && (
        <Table
          caption={words.campaigns}
          columns={columns}
          rows={data.list}
          keyOf={({ campaignId }) => campaignId}
          empty={words.noCampaign}
        />
      )}
      {data && data.total > SIZE && (
        <Pager label={words.campaigns} page={page} size={SIZE} total={data.total} onPage={setPage} />
      )}
    </section>
  );
}
