import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { plain } from '../../i18n/plain.js';
import { dayTime } from '../../i18n/time.js';
import type { Page as ListPage } from '../../net/api.js';
import { href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Page } from '../../ui/page.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { type Column, Table } from '../../ui/table.js';
import { campaignWords } from './campaign-words.js';
import type { DeviceUpdate } from './messages.js';
import { reasonOf } from './state-words.js';
import { UpdateStanding } from './update-standing.js';

const SIZE = 20;

/** What became of one board's updates: of every campaign that had it, the newest first. */
export function BoardHistory({ deviceId }: { deviceId: string }): JSX.Element {
  const { api, boards } = useWorld();
  const words = campaignWords();
  const [page, setPage] = useState(1);
  const { data, error, reload } = useLoaded(
    (signal) =>
      api.get<ListPage<DeviceUpdate>>(`/devices/${encodeURIComponent(deviceId)}/updates`, { page, size: SIZE }, signal),
    [deviceId, page],
  );
  const title = words.historyOf(plain(boards.find(deviceId)?.name.value ?? deviceId));
  const columns: readonly Column<DeviceUpdate>[] = [
    {
      title: words.campaign,
      isName: true,
      cell: ({ campaignId }) => <a href={href('updates', 'campaigns', campaignId)}>{campaignId}</a>,
    },
    { title: words.versions, cell: ({ fromVersion, version }) => `${fromVersion} → ${version}` },
    {
      title: words.state,
      cell: (update) => <UpdateStanding of={update} label={words.progressOf(update.campaignId)} />,
    },
    { title: words.detail, cell: reasonOf },
    { title: words.changed, cell: ({ changedAt }) => dayTime(changedAt) },
  ];
  return (
    <Page
      title={title}
      aside={
        <div class="row">
          <a href={href('boards', deviceId)}>{words.toBoard}</a>
          <a href={href('updates')}>{words.back}</a>
        </div>
      }
    >
      <Problem error={error} onRetry={reload} />
      {data && (
        <Table
          caption={title}
          columns={columns}
          rows={data.list}
          keyOf={({ campaignId }) => campaignId}
          empty={words.noHistory}
        />
      )}
      {data && data.total > SIZE && <Pager label={title} page={page} size={SIZE} total={data.total} onPage={setPage} />}
    </Page>
  );
}
