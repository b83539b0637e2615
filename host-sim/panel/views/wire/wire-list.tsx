import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { WireLine } from '../../state/wire-line.js';
import { placeOf, rowsSeen } from './row-window.js';
import type { Names } from './who.js';
import { WireRow } from './wire-row.js';
import { wireWords } from './words.js';

/** Until they are measured, px. */
const SIZES = { row: 32, view: 480 };

/**
 * The lines, newest below; only those that can be seen are in the page. It follows the newest unless somebody has gone away from
 * there, and then what he sees stays where it is.
 */
export function WireList(props: {
  shown: ReadonlySignal<readonly WireLine[]>;
  names: Names;
  /** All of them are of one board: which need not be said in each. */
  ofOne: boolean;
  opened: number | undefined;
  /** @param byKey the line was asked for by the Enter key, and is where the person wants to go */
  onOpen: (line: WireLine, byKey: boolean) => void;
}): JSX.Element {
  const { shown, names, ofOne, opened, onOpen } = props;
  const words = wireWords();
  const lines = shown.value;
  const list = useRef<HTMLDivElement>(null);
  const baseId = useId();
  const sizes = useSignal(SIZES);
  const top = useSignal(0);
  const follows = useSignal(true);
  const active = useSignal<number | undefined>(undefined);
  /** The line at the upper edge, and how much of it is above, px. */
  const anchor = useRef({ id: 0, above: 0 });
  /** The newest line while it followed. */
  const newest = useRef(0);

  const { row, view } = sizes.value;
  const end = Math.max(0, lines.length * row - view);
  const { from, to } = rowsSeen({ count: lines.length, row, view, top: follows.value ? end : top.value });
  // Where it has fallen out, the one after it.
  const activeAt = active.value === undefined ? -1 : Math.min(lines.length - 1, placeOf(lines, active.value));
  const isActiveDrawn = activeAt >= from && activeAt < to;

  const moved = ({ scrollTop }: HTMLElement): void => {
    top.value = scrollTop;
    const first = Math.floor(scrollTop / row);
    anchor.current = { id: lines[first]?.id ?? 0, above: scrollTop - first * row };
  };

  useEffect(() => {
    const shownList = list.current!;
    const measure = (): void => {
      const height = shownList.querySelector<HTMLElement>('[role=option]')?.offsetHeight ?? sizes.peek().row;
      const next = { row: height, view: shownList.clientHeight };
      if (next.row !== sizes.peek().row || next.view !== sizes.peek().view) sizes.value = next;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(shownList);
    measure();
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const shownList = list.current!;
    if (follows.peek()) {
      shownList.scrollTop = shownList.scrollHeight;
      newest.current = lines.at(-1)?.id ?? 0;
    } else {
      shownList.scrollTop = placeOf(lines, anchor.current.id) * row + anchor.current.above;
    }
    moved(shownList);
  }, [lines, row, view]);

  // Told of a scroll also once the list has gone.
  const onScroll = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void => {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget;
    if (scrollTop + clientHeight > scrollHeight - row) follow();
    else if (scrollTop < top.peek()) follows.value = false;
    moved(currentTarget);
  };

  const follow = (): void => {
    follows.value = true;
    newest.current = lines.at(-1)?.id ?? 0;
  };

  const goTo = (place: number): void => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, place))];
    if (!line) return;
    active.value = line.id;
    follows.value = line === lines.at(-1);
    const shownList = list.current!;
    const upper = placeOf(lines, line.id) * row;
    if (upper < shownList.scrollTop) shownList.scrollTop = upper;
    else if (upper + row > shownList.scrollTop + view) shownList.scrollTop = upper + row - view;
    moved(shownList);
    // Who reads one after the other need not open each.
    if (opened !== undefined) onOpen(line, false);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(view / row) - 1);
    const at = activeAt < 0 ? lines.length : activeAt;
    const places: Readonly<Record<string, number>> = {
      ...{ ArrowUp: at - 1, ArrowDown: at + 1, PageUp: at - page, PageDown: at + page },
      ...{ Home: 0, End: lines.length - 1 },
    };
    const place = places[event.key];
    const line = lines[activeAt];
    if (place !== undefined) goTo(place);
    else if ((event.key === 'Enter' || event.key === ' ') && line) onOpen(line, true);
    else return;
    event.preventDefault();
  };

  const fresh = lines.length - placeOf(lines, newest.current + 1);
  const isAway = !follows.value && top.value < end - row / 2;
  return (
    <div class={ofOne ? 'wire-frame of-one' : 'wire-frame'}>
      <div class="wire-head" aria-hidden="true">
        {Object.entries(words.columns).map(([column, title]) => (
          <span key={column} class={`wire-${column}`}>
            {title}
          </span>
        ))}
      </div>
      <div
        ref={list}
        class="wire-list"
        role="listbox"
        tabIndex={0}
        aria-label={words.list}
        aria-activedescendant={isActiveDrawn ? `${baseId}-${lines[activeAt]!.id}` : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocus={() => {
          active.value ??= lines.at(-1)?.id;
        }}
      >
        <div role="presentation" class="wire-space" style={{ height: `${lines.length * row}px` }}>
          {lines.slice(from, to).map((line, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the list
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names its active option
            <div
              key={line.id}
              id={`${baseId}-${line.id}`}
              role="option"
              class={from + index === activeAt ? 'wire-row active' : 'wire-row'}
              aria-selected={line.id === opened}
              aria-setsize={lines.length}
              aria-posinset={from + index + 1}
              style={{ top: `${(from + index) * row}px` }}
              onClick={() => {
                active.value = line.id;
                onOpen(line, false);
              }}
            >
              <WireRow line={line} names={names} />
            </div>
          ))}
        </div>
      </div>
      {isAway && (
        <button
          type="button"
          class="button small wire-newest"
          onClick={() => {
            goTo(lines.length - 1);
            list.current!.focus();
          }}
        >
          ↓ {fresh > 0 ? words.arrived(fresh) : words.toNewest}
        </button>
      )}
    </div>
  );
}
