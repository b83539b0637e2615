import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { valueText } from '../../i18n/value.js';
import { type Column, Table } from '../../ui/table.js';
import { Chart } from './chart.js';
import { figuresOf, type Latency, type LatencyFigures } from './latency.js';
import type { Span } from './spans.js';
import { plotWords } from './words.js';

interface Row extends LatencyFigures {
  readonly name: string;
}

/** How long a board takes to do what it is told: of the commands of this page, and of those of others. */
export function LatencyPlot(props: {
  own: readonly Latency[];
  others: readonly Latency[];
  span: Span;
  onPull: (span: Span | undefined) => void;
}): JSX.Element {
  const { own, others, span, onPull } = props;
  const words = plotWords();
  const sources = [
    { name: words.page, figures: figuresOf(own) },
    { name: words.others, figures: figuresOf(others) },
  ];
  const rows = sources.flatMap(({ name, figures }): Row[] => (figures ? [{ name, ...figures }] : []));
  const { xs, curves } = useMemo(() => dotsOf(own, others), [own, others]);
  const ms = (value: number): string => valueText(Math.round(value), 'ms');
  const columns: Column<Row>[] = [
    { title: words.source, isName: true, cell: ({ name }) => name },
    { title: words.count, cell: ({ count }) => count },
    { title: words.median, cell: ({ p50 }) => ms(p50) },
    { title: words.p95, cell: ({ p95 }) => ms(p95) },
    { title: words.most, cell: ({ max }) => ms(max) },
  ];
  const summary = rows
    .map(({ name, p50, max }) => `${name}: ${words.median} ${ms(p50)}, ${words.most} ${ms(max)}`)
    .join('; ');
  return (
    <section class="stack" aria-labelledby="plots-latency">
      <h2 id="plots-latency">{words.latency}</h2>
      <Table caption={words.latency} columns={columns} rows={rows} keyOf={({ name }) => name} empty={words.noLatency} />
      {rows.length > 0 && (
        <div class="card">
          <Chart
            label={`${words.latency}: ${summary}`}
            xs={xs}
            curves={curves}
            style="dots"
            heights={{ startsAt: 0, unit: 'ms' }}
            span={span}
            onPull={onPull}
          />
          <p class="plot-key" aria-hidden="true">
            <span class="own">●</span> {words.page} <span class="others">○</span> {words.others}
          </p>
          <p class="hint">{words.latencyMeans}</p>
        </div>
      )}
    </section>
  );
}

/** Both over the same times, as they are drawn: what one has, the other has not. */
function dotsOf(own: readonly Latency[], others: readonly Latency[]): { xs: number[]; curves: (number | null)[][] } {
  const dots = [
    ...own.map(({ at, ms }) => ({ at, heights: [ms, null] })),
    ...others.map(({ at, ms }) => ({ at, heights: [null, ms] })),
  ].sort((a, b) => a.at - b.at);
  return {
    xs: dots.map(({ at }) => at / 1_000),
    curves: [dots.map(({ heights }) => heights[0]!), dots.map(({ heights }) => heights[1]!)],
  };
}
