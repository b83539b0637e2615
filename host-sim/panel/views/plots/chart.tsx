import 'uplot/dist/uPlot.min.css';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { language } from '../../i18n/language.js';
import { isDark } from '../../state/theme.js';
import { type CurveStyle, chartOptions, type Heights, widthOf } from './chart-options.js';
import type { Curve } from './curve.js';
import type { Span } from './spans.js';
import { useSeen } from './use-seen.js';

export interface ChartProps {
  /** What it shows, in words: the drawing is for eyes. */
  readonly label: string;
  readonly xs: Curve['xs'];
  /** One or two, over the same times. */
  readonly curves: readonly Curve['ys'][];
  /** Whether the last point is none: the value before it, which holds until then. */
  readonly isHeld?: boolean;
  readonly style: CurveStyle;
  readonly heights: Heights;
  readonly span: Span;
  /** Somebody has pulled over a span; without one: wants back. */
  readonly onPull: (span: Span | undefined) => void;
}

/** Curves over a span of time. What is not on the screen is drawn when it comes there. */
export function Chart(props: ChartProps): JSX.Element {
  const { label, xs, curves, style, heights, span } = props;
  const box = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(box);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  // Colours and words are drawn, so that other ones need another drawing.
  const look = [isDark(), language.value, style, curves.length, JSON.stringify(heights)];

  useEffect(() => {
    const parent = box.current!;
    const options = chartOptions(
      parent,
      { style, heights, curves: curves.length },
      { isHeld: () => latest.current.isHeld === true, onPull: (chosen) => latest.current.onPull(chosen) },
    );
    const made = new uPlot(options, undefined, parent);
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: widthOf(parent), height: made.height }));
    sizes.observe(parent);
    return () => {
      sizes.disconnect();
      made.destroy();
    };
  }, look);
  useEffect(() => {
    if (!isSeen) return;
    plot.current?.batch(() => {
      plot.current?.setData([[...xs], ...curves.map((ys) => [...ys])], false);
      plot.current?.setScale('x', { min: span.from / 1_000, max: span.to / 1_000 });
    });
  }, [isSeen, xs, curves, span.from, span.to, ...look]);

  return <div ref={box} class="plot" role="img" aria-label={label} />;
}
