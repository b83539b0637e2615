import type { JSX } from 'preact';
import { moved, RANGES_MS, type Span, zoomed } from './spans.js';
import { plotWords } from './words.js';

export type Range = (typeof RANGES_MS)[number];

/** Which part of time the plots show. All that pulling does can be done here too. */
export function PlotControls(props: {
  range: Range;
  onRange: (range: Range) => void;
  isPaused: boolean;
  onPause: (paused: boolean) => void;
  /** What is shown now. */
  span: Span;
  /** Whether that is a part that somebody chose. */
  isChosen: boolean;
  onSpan: (span: Span | undefined) => void;
}): JSX.Element {
  const { range, onRange, isPaused, onPause, span, isChosen, onSpan } = props;
  const words = plotWords();
  const longest = RANGES_MS.at(-1)!;
  const ways: readonly (readonly [string, () => Span])[] = [
    [words.earlier, () => moved(span, -0.5, Date.now())],
    [words.later, () => moved(span, 0.5, Date.now())],
    [words.closer, () => zoomed(span, 0.5, longest)],
    [words.farther, () => zoomed(span, 2, longest)],
  ];
  return (
    <div class="plot-controls">
      <fieldset class="row">
        <legend class="visually-hidden">{words.range}</legend>
        {RANGES_MS.map((one) => (
          <button
            key={one}
            type="button"
            class="button small"
            aria-pressed={one === range && !isChosen}
            onClick={() => onRange(one)}
          >
            {words.ranges[one]}
          </button>
        ))}
      </fieldset>
      <div class="row">
        {ways.map(([text, spanOf]) => (
          <button key={text} type="button" class="button small" onClick={() => onSpan(spanOf())}>
            {text}
          </button>
        ))}
        <button type="button" class="button small" disabled={!isChosen} onClick={() => onSpan(undefined)}>
          {words.reset}
        </button>
        <button type="button" class="button small" aria-pressed={isPaused} onClick={() => onPause(!isPaused)}>
          {words.pause}
        </button>
      </div>
    </div>
  );
}
