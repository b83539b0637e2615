import './plots.css';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import type { Board } from '../../state/board.js';
import { useProductModel } from '../../state/use-product-model.js';
import { Problem } from '../../ui/problem.js';
import { MOST_POINTS } from './history.js';
import { LatencyPlot } from './latency-plot.js';
import { PlotControls, type Range } from './plot-controls.js';
import { PropertyPlot } from './property-plot.js';
import { RANGES_MS, type Span } from './spans.js';
import { useBoardHistory } from './use-board-history.js';
import { useLatencies } from './use-latencies.js';
import { useNow } from './use-now.js';
import { plotWords } from './words.js';

/** A plot moves on by this part of its length at a time, and at most once a second. */
const STEPS = 600;

/** The properties of a board over time, and the latency of its commands. */
export function BoardPlots({ board }: { board: Board }): JSX.Element {
  const words = plotWords();
  const { data: model } = useProductModel(board.productKey);
  const [range, setRange] = useState<Range>(RANGES_MS[0]);
  const [chosen, choose] = useState<Span | undefined>(undefined);
  const [isPaused, setPaused] = useState(false);
  const { history, version, loaded } = useBoardHistory(board, range);
  const { own, others } = useLatencies(board);
  const now = useNow(Math.max(1_000, range / STEPS), isPaused || chosen !== undefined, version);
  const span = useMemo(() => chosen ?? { from: now - range, to: now }, [chosen, now, range]);
  // What a board does not say while it is away, nobody knows.
  const holdsUntil = board.status.value === 'online' ? now : undefined;
  const named = new Map((model?.properties ?? []).map((property) => [property.identifier, property]));
  const keys = [...named.keys(), ...history.keys.filter((key) => !named.has(key)).sort()];
  return (
    <div class="plots">
      <section class="stack" aria-labelledby="plots-properties">
        <h2 id="plots-properties">{words.properties}</h2>
        <PlotControls
          range={range}
          onRange={(next) => {
            setRange(next);
            choose(undefined);
          }}
          isPaused={isPaused}
          onPause={setPaused}
          span={span}
          isChosen={chosen !== undefined}
          onSpan={choose}
        />
        <p class="hint">{words.howTo}</p>
        <Problem error={loaded.error} onRetry={() => void loaded.reload()} />
        <p class="quiet" role="status">
          {loaded.isLoading && common().loading}
          {loaded.data === 'not all' && words.notAll(MOST_POINTS)}
        </p>
        {keys.length === 0 && !loaded.isLoading && <p class="empty">{words.nothing}</p>}
        <div class="property-plots">
          {keys.map((key) => (
            <PropertyPlot
              key={key}
              name={key}
              property={named.get(key)}
              points={history.of(key)}
              version={version}
              span={span}
              holdsUntil={holdsUntil}
              onPull={choose}
            />
          ))}
        </div>
      </section>
      <LatencyPlot own={own} others={others} span={span} onPull={choose} />
    </div>
  );
}
