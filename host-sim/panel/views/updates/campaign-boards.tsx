import type { JSX } from 'preact';
import { plain } from '../../i18n/plain.js';
import { timeOfDay } from '../../i18n/time.js';
import type { Page } from '../../net/api.js';
import { href } from '../../state/router.js';
import { useWorld } from '../../state/use-world.js';
import { Pager } from '../../ui/pager.js';
import { type Column, Table } from '../../ui/table.js';
import { campaignWords } from './campaign-words.js';
import { withHeard } from './live-update.js';
import { type Campaign, type CampaignDevice, STATES, type UpdateState } from './messages.js';
import { reasonOf, stateWords } from './state-words.js';
import { UpdateStanding } from './update-standing.js';
import { useHeard } from './use-heard.js';

export const BOARDS_SIZE = 25;

/** The boards of a campaign, by state, a page at a time. @param onNews something was heard of which the cloud knows more */
export function CampaignBoards(props: {
  campaign: Campaign;
  devices: Page<CampaignDevice>;
  state: UpdateState | undefined;
  onState: (state: UpdateState | undefined) => void;
  onPage: (page: number) => void;
  onNews: () => Promise<void>;
}): JSX.Element {
  const { campaign, devices, state, onState, onPage, onNews } = props;
  const { boards } = useWorld();
  const words = campaignWords();
  const said = useHeard(devices.list, onNews);

  const columns: readonly Column<CampaignDevice>[] = [
    {
      title: words.board,
      isName: true,
      cell: ({ deviceId, deviceSN }) => (
        <div>
          <a href={href('boards', deviceId)}>{plain(boards.find(deviceId)?.name.value ?? deviceSN)}</a>
          <div class="note">{deviceSN}</div>
        </div>
      ),
    },
    {
      title: words.state,
      cell: (device) => <UpdateStanding of={device} label={words.progressOf(device.deviceSN)} />,
    },
    { title: words.detail, cell: reasonOf },
    { title: words.runs, cell: ({ firmwareVersion }) => firmwareVersion },
    { title: words.changed, cell: ({ changedAt }) => timeOfDay(changedAt) },
    {
      title: words.history,
      cell: ({ deviceId, deviceSN }) => (
        <a href={href('updates', 'boards', deviceId)} aria-label={words.historyOf(deviceSN)}>
          {words.history}
        </a>
      ),
    },
  ];
  return (
    <section class="stack" aria-labelledby="campaign-boards">
      <h2 id="campaign-boards">{words.boards}</h2>
      <StateFilter campaign={campaign} state={state} onState={onState} />
      <Table
        caption={words.boards}
        columns={columns}
        rows={devices.list.map((device) => withHeard(device, said.get(device.deviceId)))}
        keyOf={({ deviceId }) => deviceId}
        empty={words.noBoards}
      />
      {devices.total > BOARDS_SIZE && (
        <Pager label={words.boards} page={devices.page} size={BOARDS_SIZE} total={devices.total} onPage={onPage} />
      )}
    </section>
  );
}

/** How many are in which state; pressed, those alone are shown. */
function StateFilter(props: {
  campaign: Campaign;
  state: UpdateState | undefined;
  onState: (state: UpdateState | undefined) => void;
}): JSX.Element {
  const { campaign, state, onState } = props;
  const words = campaignWords();
  const { countIn, states } = stateWords();
  const shown = STATES.filter((one) => campaign.boards[one] > 0 || one === state);
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{words.filter}</legend>
      <button type="button" class="button small" aria-pressed={state === undefined} onClick={() => onState(undefined)}>
        {words.allBoards(campaign.boards.total)}
      </button>
      {shown.map((one) => (
        <button
          key={one}
          type="button"
          class="button small"
          aria-pressed={state === one}
          onClick={() => onState(state === one ? undefined : one)}
        >
          {countIn(campaign.boards[one], states[one])}
        </button>
      ))}
    </fieldset>
  );
}
