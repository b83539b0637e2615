import type { JSX } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { localized } from '../../i18n/language.js';
import { whenText } from '../../i18n/time.js';
import { valueText } from '../../i18n/value.js';
import type { ThingProperty } from '../../state/device.js';
import { Chart } from './chart.js';
import type { Heights } from './chart-options.js';
import { type Curve, thinned, within } from './curve.js';
import type { Point } from './history.js';
import { changesOf, heightOf, type Lane, laneOf } from './lanes.js';
import type { Span } from './spans.js';
import { plotWords } from './words.js';

const TABLE_ROWS = 20;

export interface PropertyPlotProps {
  /** By the board's name for it. */
  readonly name: string;
  /** Undefined: the product says nothing of it. */
  readonly property: ThingProperty | undefined;
  /** All that is known, oldest first. */
  readonly points: readonly Point[];
  /** Another one whenever there are other points: the list of them is the same. */
  readonly version: number;
  readonly span: Span;
  /** Until when the last value holds, as far as anybody knows, ms since 1970; undefined: nobody knows. */
  readonly holdsUntil: number | undefined;
  readonly onPull: (span: Span | undefined) => void;
}

/** One property of a board over time: what it says in a sentence, a drawing, and the values themselves. */
export function PropertyPlot(props: PropertyPlotProps): JSX.Element {
  const { name, property } = props;
  const titleId = useId();
  const title = property ? localized(property.name) : name;
  return (
    <article class="card property-plot" aria-labelledby={titleId}>
      <h3 id={titleId}>
        <bdi>{title}</bdi>
      </h3>
      <Body {...props} title={title} />
    </article>
  );
}

function Body(props: PropertyPlotProps & { readonly title: string }): JSX.Element {
  const { property, points, version, span, holdsUntil, onPull, title } = props;
  const words = plotWords();
  const unit = property?.unit;
  const lane = useMemo(() => laneOf(property, points), [property, points, version]);
  const drawn = useMemo(() => within(points, span), [points, version, span]);
  const curve = useMemo(() => curveOf(lane, drawn, span, holdsUntil), [lane, drawn, span, holdsUntil]);
  const curves = useMemo(() => [curve.ys], [curve]);
  // With the one before the span: its value holds where the span begins.
  const known = drawn.filter(({ at }) => at <= span.to);
  const summary = known.length === 0 ? words.noneInSpan : summaryOf(lane, known, unit);
  return (
    <>
      <p class="quiet">
        <bdi>{summary}</bdi>
      </p>
      {lane.kind === 'texts' && known.length > 0 && (
        <Rows points={changesOf(known, TABLE_ROWS)} unit={unit} caption={title} />
      )}
      {lane.kind !== 'texts' && points.length > 0 && (
        <>
          <Chart
            label={`${title}: ${summary}`}
            xs={curve.xs}
            curves={curves}
            isHeld={curve.isHeld}
            style={lane.kind === 'levels' || lane.isStepped ? 'steps' : 'line'}
            heights={heightsOf(lane, property)}
            span={span}
            onPull={onPull}
          />
          <details>
            <summary>{words.table}</summary>
            <Rows points={known.slice(-TABLE_ROWS).reverse()} unit={unit} caption={title} />
          </details>
        </>
      )}
    </>
  );
}

/** Values, as a table. */
function Rows(props: { points: readonly Point[]; unit: string | undefined; caption: string }): JSX.Element {
  const { points, unit, caption } = props;
  const words = plotWords();
  return (
    <table class="plot-values">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.time}</th>
          <th scope="col">{words.value}</th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ at, value }, i) => (
          <tr key={`${at} ${i}`}>
            <td>{whenText(at)}</td>
            <td>
              <bdi>{valueText(value, unit)}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function curveOf(
  lane: Lane,
  points: readonly Point[],
  { to }: Span,
  holdsUntil: number | undefined,
): Curve & { readonly isHeld: boolean } {
  const xs = points.map(({ at }) => at / 1_000);
  const ys = points.map(({ value }) => heightOf(lane, value));
  const last = points.at(-1);
  const edge = Math.min(to, holdsUntil ?? 0);
  const isHeld = last !== undefined && last.at < edge && !(lane.kind === 'numbers' && !lane.isStepped);
  if (isHeld) {
    xs.push(edge / 1_000);
    ys.push(ys.at(-1)!);
  }
  return { ...thinned({ xs, ys }), isHeld };
}

function heightsOf(lane: Lane, property: ThingProperty | undefined): Heights {
  if (lane.kind === 'levels') return { names: lane.levels.map((level) => valueText(level)) };
  return { range: property?.range, unit: property?.unit };
}

function summaryOf(lane: Lane, points: readonly Point[], unit: string | undefined): string {
  const words = plotWords();
  const last = valueText(points.at(-1)?.value, unit);
  if (lane.kind === 'texts') return words.texts(last);
  if (lane.kind === 'levels') return words.levels(changesOf(points, points.length).length - 1, last);
  const heights = points.map(({ value }) => heightOf(lane, value)).filter((height) => height !== null);
  if (heights.length === 0) return words.texts(last);
  const [min, max] = heights.reduce(
    ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
    [heights[0]!, heights[0]!],
  );
  return words.numbers(valueText(min, unit), valueText(max, unit), last);
}
