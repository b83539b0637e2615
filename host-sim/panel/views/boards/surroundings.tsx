import type { JSX } from 'preact';
import type { SimBoardView } from '../../../sim-api/messages.js';
import type { Sim } from '../../net/sim.js';
import type { Board } from '../../state/board.js';
import { useSame } from '../../state/use-same.js';
import { Slider } from '../../ui/slider.js';
import { Switch } from '../../ui/switch.js';
import { useOptimistic } from './use-optimistic.js';
import { boardWords, minus } from './words.js';

const SLIDERS = [
  { name: 'latencyMs', word: 'latency', min: 0, max: 10_000, step: 50, unit: 'ms' },
  { name: 'lossPercent', word: 'loss', min: 0, max: 100, step: 1, unit: '%' },
  { name: 'rssi', word: 'strength', min: -100, max: -20, step: 1, unit: 'dBm' },
] as const;

/** What surrounds a simulated board, and can be taken from it. @param isWide everything is shown at once */
export function Surroundings(props: { board: Board; sim: Sim; isWide: boolean }): JSX.Element {
  const { board, sim, isWide } = props;
  const words = boardWords();
  const sliders = SLIDERS.map((one) => <LinkSlider key={one.name} board={board} sim={sim} {...one} />);
  return (
    <fieldset class="surroundings" aria-label={words.surroundings}>
      <div class="row">
        <WorldSwitch board={board} sim={sim} label={words.power} name="powered" read={(view) => view.powered} />
        <WorldSwitch board={board} sim={sim} label={words.wifi} name="wifi" read={(view) => view.link.wifi} />
        <WorldSwitch board={board} sim={sim} label={words.broker} name="broker" read={(view) => view.link.broker} />
      </div>
      {isWide ? (
        sliders
      ) : (
        <details>
          <summary>{words.air}</summary>
          <div class="sliders">{sliders}</div>
        </details>
      )}
    </fieldset>
  );
}

function WorldSwitch(props: {
  board: Board;
  sim: Sim;
  label: string;
  name: 'powered' | 'wifi' | 'broker';
  read: (view: SimBoardView) => boolean;
}): JSX.Element {
  const { board, sim, label, name, read } = props;
  const actual = useSame(() => {
    const view = board.sim.value;
    return view !== undefined && read(view);
  });
  const [on, turn] = useOptimistic(actual, (wanted) => sim.change(board.serial, { [name]: wanted }));
  return <Switch label={label} on={on} onChange={turn} />;
}

function LinkSlider(props: { board: Board; sim: Sim } & (typeof SLIDERS)[number]): JSX.Element {
  const { board, sim, name, word, min, max, step, unit } = props;
  const actual = useSame(() => board.sim.value?.link[name] ?? min);
  const [value, turn] = useOptimistic<number>(actual, (wanted) => sim.change(board.serial, { [name]: wanted }));
  return (
    <Slider label={boardWords()[word]} {...{ min, max, step, value }} text={`${minus(value)} ${unit}`} onInput={turn} />
  );
}
