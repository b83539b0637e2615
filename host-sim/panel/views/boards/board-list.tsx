import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import type { Board } from '../../state/board.js';
import { href } from '../../state/router.js';
import { useWorld } from '../../state/use-world.js';
import { Choice, Field } from '../../ui/field.js';
import { Page } from '../../ui/page.js';
import type { EVERYTHING, Order, StateFilter } from './arrange.js';
import { BoardFace } from './board-face.js';
import { arrangement, scrolled } from './list-place.js';
import { type Arranged, useArranged } from './use-arranged.js';
import { useNear } from './use-near.js';
import { boardWords } from './words.js';

/** All boards as cards. Only those that are seen, or nearly, are drawn; of the others there is the name and the room that they take. */
export function BoardList(): JSX.Element {
  const { boards } = useWorld();
  const words = boardWords();
  const arranged = useArranged(boards, arrangement.value);
  const total = boards.total.value;
  useLayoutEffect(() => {
    scrollTo(0, scrolled.toPx);
    const keep = (): void => {
      scrolled.toPx = scrollY;
    };
    addEventListener('scroll', keep, { passive: true });
    return () => removeEventListener('scroll', keep);
  }, []);
  const isEmpty = arranged.boards.length === 0;
  return (
    <Page title={words.title} aside={<strong>{words.count(arranged.online, arranged.all)}</strong>}>
      <Filters arranged={arranged} />
      {total !== undefined && total > arranged.all && <p class="quiet">{words.beyond(total)}</p>}
      {isEmpty && (
        <p class="empty">
          {total === undefined ? common().loading : arranged.all === 0 ? words.noneYet : words.noneFit}
        </p>
      )}
      {!isEmpty && <Cards boards={arranged.boards} />}
    </Page>
  );
}

function Filters({ arranged }: { arranged: Arranged }): JSX.Element {
  const words = boardWords();
  const { search, state, product, order } = arrangement.value;
  const change = (part: Partial<typeof EVERYTHING>): void => {
    arrangement.value = { ...arrangement.peek(), ...part };
  };
  const { orders, states } = words;
  return (
    <search class="board-filters">
      <Field
        label={words.search}
        type="search"
        value={search}
        maxLength={128}
        autocomplete="off"
        onInput={(text) => change({ search: text })}
      />
      <Choice
        label={words.stateLabel}
        value={state}
        options={Object.entries(states).map(([value, text]) => ({ value, text }))}
        onChange={(value) => change({ state: value as StateFilter })}
      />
      <Choice
        label={words.productLabel}
        value={product}
        options={[
          { value: '', text: common().all },
          ...arranged.products.map(([value, text]) => ({ value, text: `${text} (${value})` })),
        ]}
        onChange={(value) => change({ product: value })}
      />
      <Choice
        label={words.orderLabel}
        value={order}
        options={Object.entries(orders).map(([value, text]) => ({ value, text }))}
        onChange={(value) => change({ order: value as Order })}
      />
      <p class="quiet" role="status">
        {words.shown(arranged.boards.length, arranged.all)}
      </p>
    </search>
  );
}

function Cards({ boards }: { boards: readonly Board[] }): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const first = boards[0]?.id;
  useEffect(() => {
    // What has not been drawn yet takes as much room as the first card does, so that the list keeps its length.
    const sizes = new ResizeObserver(([entry]) => {
      list.current?.style.setProperty('--slot', `${entry!.borderBoxSize[0]!.blockSize}px`);
    });
    sizes.observe(list.current!.firstElementChild!);
    return () => sizes.disconnect();
  }, [first]);
  return (
    <ul ref={list} class="boards">
      {boards.map((board) => (
        <Slot key={board.id} board={board} />
      ))}
    </ul>
  );
}

function Slot({ board }: { board: Board }): JSX.Element {
  const slot = useRef<HTMLLIElement>(null);
  const { isNear, heightPx } = useNear(slot);
  const titleId = useId();
  const room = heightPx === undefined ? 'var(--slot)' : `${heightPx}px`;
  return (
    <li ref={slot} style={{ minBlockSize: isNear ? '0' : room }}>
      <article class="card board" aria-labelledby={titleId}>
        <h2 id={titleId}>
          <a href={href('boards', board.id)}>
            <bdi>{board.name}</bdi>
          </a>
        </h2>
        {isNear && <BoardFace board={board} />}
      </article>
    </li>
  );
}
