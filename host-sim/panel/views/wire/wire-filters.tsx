import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import type { Board } from '../../state/board.js';
import type { WireFilter } from '../../state/wire-filter.js';
import { Choice, Field } from '../../ui/field.js';
import { Switch } from '../../ui/switch.js';
import { whoOf } from './who.js';
import { wireWords } from './words.js';

/** Whoever types is waited for so long, ms. */
const TYPING_MS = 150;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** What of the wire is shown. @param boards those to choose from; undefined: there is only one */
export function WireFilters(props: { filter: Signal<WireFilter>; boards: readonly Board[] | undefined }): JSX.Element {
  const { filter, boards } = props;
  const words = wireWords();
  const { kind, direction, who, level, routine } = filter.value;
  const change = (part: Partial<WireFilter>): void => {
    filter.value = { ...filter.peek(), ...part };
  };
  const all = { value: '', text: common().all };
  const kinds = (['http', 'mqtt', 'life'] as const).map((value) => ({ value, text: words.kinds[value] }));
  const directions = (['out', 'in'] as const).map((value) => ({ value, text: words.directions[value] }));
  const levels = LEVELS.map((value) => ({ value, text: words.levels[value] }));
  return (
    <fieldset class="wire-filters">
      <legend class="visually-hidden">{words.filters}</legend>
      <Choice
        label={words.kind}
        value={kind}
        options={[all, ...kinds]}
        onChange={(value) => change({ kind: value as WireFilter['kind'] })}
      />
      <Choice
        label={words.direction}
        value={direction}
        options={[all, ...directions]}
        onChange={(value) => change({ direction: value as WireFilter['direction'] })}
      />
      {boards && (
        <Choice
          label={words.board}
          value={who}
          options={[all, ...boards.map((board) => ({ value: whoOf(board), text: board.name.value }))]}
          onChange={(value) => change({ who: value })}
        />
      )}
      <Choice
        label={words.level}
        value={level}
        options={levels}
        onChange={(value) => change({ level: value as WireFilter['level'] })}
      />
      <Search filter={filter} />
      <Switch label={words.routine} on={routine} onChange={(on) => change({ routine: on })} />
    </fieldset>
  );
}

function Search({ filter }: { filter: Signal<WireFilter> }): JSX.Element {
  const [text, setText] = useState(filter.peek().search);
  const typed = useRef(text);
  typed.current = text;
  const apply = (): void => {
    if (filter.peek().search !== typed.current) filter.value = { ...filter.peek(), search: typed.current };
  };
  useEffect(() => {
    const timer = setTimeout(apply, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // Who leaves has typed it all.
  useEffect(() => apply, []);
  return (
    <Field
      label={common().search}
      type="search"
      value={text}
      onInput={setText}
      maxLength={200}
      autocomplete="off"
      placeholder={wireWords().searchHint}
    />
  );
}
