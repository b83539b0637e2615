import type { JSX } from 'preact';
import { localized } from '../../i18n/language.js';
import type { Sim } from '../../net/sim.js';
import type { Board } from '../../state/board.js';
import type { ThingModel } from '../../state/device.js';
import { useSame } from '../../state/use-same.js';
import { Slider } from '../../ui/slider.js';
import { Switch } from '../../ui/switch.js';
import { digitsOf, fromLevel, inputProperty, inputTypes, numbered, scaleOf, toLevel } from './looks.js';
import { PressButton } from './press-button.js';
import { useOptimistic } from './use-optimistic.js';
import { boardWords } from './words.js';

/** What a hand can do to the inputs of a simulated board. */
export function Hands(props: { board: Board; sim: Sim; model: ThingModel | undefined }): JSX.Element | null {
  const { board, sim, model } = props;
  const words = boardWords();
  const types = useSame(() => inputTypes(board.sim.value?.inputs));
  if (types.length === 0) return null;
  const numbers = numbered(types);
  return (
    <fieldset class="hands" aria-label={words.hand}>
      {types.map((type, input) => {
        const property = inputProperty(model, input);
        const name = property ? localized(property.name) : words.part(type, numbers[input]!);
        const key = `${type} ${input}`;
        const rest = { board, sim, input, name };
        if (type === 'button') return <PressButton key={key} {...rest} />;
        if (type === 'digital') return <Contact key={key} {...rest} />;
        return <Voltage key={key} {...rest} model={model} />;
      })}
    </fieldset>
  );
}

interface HandProps {
  readonly board: Board;
  readonly sim: Sim;
  readonly input: number;
  readonly name: string;
}

function Contact({ board, sim, input, name }: HandProps): JSX.Element {
  const words = boardWords();
  const isClosed = useSame(() => {
    const view = board.sim.value?.inputs[input];
    return view?.type === 'digital' && view.closed;
  });
  const [closed, close] = useOptimistic(isClosed, (wanted) => sim.setInput(board.serial, input, { closed: wanted }));
  const state = closed ? words.closed : words.open;
  return (
    <div class="hand">
      <Switch label={name} on={closed} onChange={close} />
      <span class="quiet">{state}</span>
    </div>
  );
}

function Voltage({ board, sim, input, name, model }: HandProps & { model: ThingModel | undefined }): JSX.Element {
  const actual = useSame(() => {
    const view = board.sim.value?.inputs[input];
    return view?.type === 'analog' ? view.level : 0;
  });
  const [level, turn] = useOptimistic(actual, (wanted) => sim.setInput(board.serial, input, { level: wanted }));
  const scale = scaleOf(inputProperty(model, input));
  const value = fromLevel(scale, level);
  const { min, max, step, unit } = scale;
  return (
    <Slider
      label={name}
      {...{ min, max, step, value }}
      text={`${value.toFixed(digitsOf(step))} ${unit}`.trim()}
      onInput={(next) => turn(toLevel(scale, next))}
    />
  );
}
