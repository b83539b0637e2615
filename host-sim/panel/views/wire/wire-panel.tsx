import './wire.css';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import type { Board } from '../../state/board.js';
import { useWorld } from '../../state/use-world.js';
import type { WireLine } from '../../state/wire-line.js';
import type { WireLog } from '../../state/wire-log.js';
import { Dialog } from '../../ui/dialog.js';
import { Problem } from '../../ui/problem.js';
import { LineDetail } from './line-detail.js';
import { useMedia } from './use-media.js';
import { type Names, namesOf } from './who.js';
import { WireFilters } from './wire-filters.js';
import { WireList } from './wire-list.js';
import { WireSave } from './wire-save.js';
import { wireWords } from './words.js';

/** The wire, live: what of it is shown, the list, and what is opened of it. @param board the one that it is of; undefined: all */
export function WirePanel({ log, board }: { log: WireLog; board?: Board }): JSX.Element {
  const { boards, wire, sim } = useWorld();
  const words = wireWords();
  const list = boards.list.value;
  const names = useMemo(() => namesOf(list), [list]);
  useEffect(() => log.look(), [log]);
  const isHeard = board ? board.sim.peek() !== undefined : sim !== undefined;
  return (
    <div class="stack">
      {!isHeard && <p class="quiet">{words.onlyCloudHeard}</p>}
      <WireFilters filter={wire.filter} boards={board ? undefined : list} />
      <Problem error={log.problem.value} onRetry={() => log.retry()} />
      <WireState log={log} />
      <WireLines key={board?.id} log={log} names={names} ofOne={board !== undefined} />
      <WireSave log={log} names={names} board={board} />
    </div>
  );
}

/** How much there is, and the ways to hold it still and to be rid of it. */
function WireState({ log }: { log: WireLog }): JSX.Element {
  const words = wireWords();
  const arrived = log.arrived.value;
  const dropped = log.dropped.value;
  return (
    <div class="row">
      <button
        type="button"
        class="button small"
        aria-pressed={arrived !== undefined}
        onClick={() => (arrived === undefined ? log.pause() : log.goOn())}
      >
        {words.pause}
      </button>
      <button type="button" class="button small" onClick={() => log.clear()}>
        {words.clear}
      </button>
      <span class="quiet">
        {words.shownOf(log.shown.value.length, log.count.value)} {dropped > 0 && words.dropped(dropped)}
      </span>
      {arrived !== undefined && <strong>{words.paused(arrived)}</strong>}
    </div>
  );
}

function WireLines({ log, names, ofOne }: { log: WireLog; names: Names; ofOne: boolean }): JSX.Element {
  const words = wireWords();
  const [opened, setOpened] = useState<WireLine | undefined>(undefined);
  const [wantsFocus, setWantsFocus] = useState(false);
  const isNarrow = useMedia('(max-width: 64rem)');
  const frame = useRef<HTMLDivElement>(null);
  const isEmpty = log.shown.value.length === 0;
  const close = (): void => {
    setOpened(undefined);
    frame.current?.querySelector<HTMLElement>('[role=listbox]')?.focus();
  };
  const detail = opened && <LineDetail key={opened.id} line={opened} names={names} />;
  return (
    <div ref={frame} class={opened && !isNarrow ? 'wire-lines split' : 'wire-lines'}>
      {isEmpty ? (
        <p class="empty card">{log.count.value === 0 ? words.nothing : words.nothingFits}</p>
      ) : (
        <WireList
          shown={log.shown}
          names={names}
          ofOne={ofOne}
          opened={opened?.id}
          onOpen={(line, byKey) => {
            setOpened(line);
            setWantsFocus(byKey);
          }}
        />
      )}
      {detail &&
        (isNarrow ? (
          <Dialog title={common().details} onClose={close}>
            {detail}
          </Dialog>
        ) : (
          <Aside key={wantsFocus ? opened.id : 'aside'} takesFocus={wantsFocus} onClose={close}>
            {detail}
          </Aside>
        ))}
    </div>
  );
}

/** What is opened, beside the list. Escape closes it. */
function Aside(props: { takesFocus: boolean; onClose: () => void; children: JSX.Element }): JSX.Element {
  const { takesFocus, onClose, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, []);
  return (
    <section
      class="card wire-detail"
      aria-label={common().details}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {common().details}
        </h2>
        <button type="button" class="button icon" aria-label={common().close} onClick={onClose}>
          ×
        </button>
      </header>
      {children}
    </section>
  );
}
