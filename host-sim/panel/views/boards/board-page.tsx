import type { ComponentType, JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import type { Board } from '../../state/board.js';
import { href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Page } from '../../ui/page.js';
import { ControlPanel } from '../control/control-panel.js';
import { BoardPlots } from '../plots/board-plots.js';
import { ServicePanel } from '../services/service-panel.js';
import { BoardWire } from '../wire/board-wire.js';
import { BoardFace } from './board-face.js';
import { boardWords } from './words.js';

const TABS = { control: ControlPanel, plots: BoardPlots, wire: BoardWire, services: ServicePanel } as const;
type Tab = keyof typeof TABS;
/** What is of use before the cloud knows a board. */
const WITHOUT_CLOUD: readonly Tab[] = ['wire'];

/** One board, large, and all that belongs to it. @param id device id or serial number @param tab empty: the first */
export function BoardPage({ id, tab }: { id: string; tab: string }): JSX.Element {
  const { boards } = useWorld();
  const words = boardWords();
  const board = boards.find(id);
  useLayoutEffect(() => scrollTo(0, 0), [id]);
  if (board === undefined) return <UnknownBoard key={id} id={id} />;
  const shown = Object.hasOwn(TABS, tab) ? (tab as Tab) : 'control';
  return (
    <Page key={board.id} title={board.name.value} aside={<Back />}>
      <section class="card" aria-label={board.name}>
        <BoardFace board={board} isWide />
      </section>
      <nav class="tabs" aria-label={words.parts}>
        {(Object.keys(TABS) as Tab[]).map((one) => (
          <a key={one} href={href('boards', id, one)} aria-current={one === shown ? 'page' : undefined}>
            {words.tabs[one]}
          </a>
        ))}
      </nav>
      <TabContent board={board} tab={shown} />
    </Page>
  );
}

function Back(): JSX.Element {
  return <a href={href('boards')}>{boardWords().allBoards}</a>;
}

/** One that is not in the list: it may be new, so the cloud is asked before it is said not to be there. */
function UnknownBoard({ id }: { id: string }): JSX.Element {
  const { boards } = useWorld();
  const words = boardWords();
  const { isLoading } = useLoaded(() => boards.seek(id), [id]);
  return (
    <Page title={isLoading ? common().loading : words.unknownBoard(id)} aside={<Back />}>
      {isLoading ? null : <p>{words.unknownBoardHint}</p>}
    </Page>
  );
}

function TabContent({ board, tab }: { board: Board; tab: Tab }): JSX.Element {
  if (board.device.value === undefined && !WITHOUT_CLOUD.includes(tab)) return <p>{boardWords().notYet}</p>;
  const Content: ComponentType<{ readonly board: Board }> = TABS[tab];
  return <Content key={`${board.id} ${tab}`} board={board} />;
}
