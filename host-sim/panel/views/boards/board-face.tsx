import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Board } from '../../state/board.js';
import type { ThingModel } from '../../state/device.js';
import { thingModelOf, useProductModel } from '../../state/use-product-model.js';
import { useSame } from '../../state/use-same.js';
import { useWorld } from '../../state/use-world.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { Facts } from '../../ui/facts.js';
import { OutputDrawing } from './drawings.js';
import { Hands } from './hands.js';
import { numbered, type OutputLook, outputTypes, postedLook } from './looks.js';
import { QuickControl } from './quick-control.js';
import { Reported } from './reported.js';
import { Signal } from './signal.js';
import { StatusLed } from './status-led.js';
import { Surroundings } from './surroundings.js';
import { boardWords, stateWord } from './words.js';

/** A card that is only passed by, as a long list is scrolled, asks the cloud for nothing, ms. */
const LINGER_MS = 150;
/** Nor does each card ask what its product is, ms. */
const FRESH_MS = 10_000;

/** A board as one who stands before it sees it; of a real one, as far as its posts tell. @param isWide there is room for everything */
export function BoardFace({ board, isWide = false }: { board: Board; isWide?: boolean }): JSX.Element {
  const { boards, live, sim } = useWorld();
  const words = boardWords();
  const { data: known } = useProductModel(board.productKey, isWide ? 0 : FRESH_MS);
  const model = thingModelOf(known);
  const isSimulated = useSame(() => board.sim.value !== undefined);
  const deviceId = board.device.value?.deviceId;
  const connections = live.connections.value;
  useEffect(() => {
    if (deviceId === undefined) return undefined;
    // What it has posted is then told by what it posts next.
    const timer = setTimeout(() => void boards.wantProperties(board).catch(() => undefined), LINGER_MS);
    return () => clearTimeout(timer);
  }, [deviceId, connections]);
  const types = useSame(() => outputTypes(board.sim.value?.outputs, model), [model]);
  const numbers = numbered(types);
  return (
    <div class={isWide ? 'face wide' : 'face'}>
      <div class="stack">
        <States board={board} />
        {types.length > 0 && (
          <div class="outputs">
            {types.map((type, channel) => (
              <Output
                key={`${type} ${channel}`}
                {...{ board, model, type, channel }}
                name={words.part(type, numbers[channel]!)}
              />
            ))}
          </div>
        )}
        {known && !model && !isSimulated && <p class="quiet">{words.noModel}</p>}
        {model && <QuickControl board={board} model={model} />}
      </div>
      {isSimulated && sim && (
        <div class="stack">
          <Hands board={board} sim={sim} model={model} />
          <Surroundings board={board} sim={sim} isWide={isWide} />
        </div>
      )}
      <div class="stack">
        {model && <Reported board={board} model={model} />}
        <Particulars board={board} />
      </div>
    </div>
  );
}

function Output(props: {
  board: Board;
  model: ThingModel | undefined;
  type: OutputLook['type'];
  channel: number;
  name: string;
}): JSX.Element {
  const { board, model, type, channel, name } = props;
  const look = useSame<OutputLook>(
    () => board.sim.value?.outputs[channel] ?? postedLook(type, channel, model, board.properties.value),
    [model],
  );
  return <OutputDrawing name={name} look={look} />;
}

/** Where it stands: what it does by itself, what its light says, what the cloud thinks, how strong its signal is. */
function States({ board }: { board: Board }): JSX.Element {
  const words = boardWords();
  const isSimulated = useSame(() => board.sim.value !== undefined);
  return (
    <div class="states">
      <div class="row">
        <StateBadge board={board} />
        <span class="quiet">{words.cloudStatus(words.cloud[board.status.value])}</span>
        <Signal board={board} />
      </div>
      {isSimulated ? <StatusLed board={board} /> : <p class="quiet">{words.realBoardHint}</p>}
    </div>
  );
}

/** What it is. */
function Particulars({ board }: { board: Board }): JSX.Element {
  const words = boardWords();
  const device = board.device.value;
  const firmware = useSame(() => board.sim.value?.firmwareVersion) ?? device?.firmwareVersion;
  return (
    <Facts
      facts={[
        [words.product, <bdi key="product">{device?.product.name ?? board.productKey}</bdi>],
        [words.firmware, <bdi key="firmware">{firmware || words.notKnown}</bdi>],
        [words.serial, <bdi key="serial">{board.serial}</bdi>],
        [words.deviceId, <bdi key="device">{device?.deviceId ?? words.notActivated}</bdi>],
      ]}
    />
  );
}

const TONES: Readonly<Record<string, Tone>> = { online: 'good', off: 'quiet', stopped: 'quiet', crashed: 'bad' };

function StateBadge({ board }: { board: Board }): JSX.Element {
  const state = board.state.value;
  if (state === undefined)
    return <Badge tone={board.status.value === 'online' ? 'good' : 'quiet'} text={boardWords().realBoard} />;
  return <Badge tone={(Object.hasOwn(TONES, state) && TONES[state]) || 'warn'} text={stateWord(state)} />;
}
