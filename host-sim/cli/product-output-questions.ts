import type { ControlMode, OutputDefinition } from '../../src/core/product.js';
import { parseProduct } from '../products/load.js';
import { numberIn, type Questions } from './product-answers.js';
import { isReached } from './product-reach.js';

/** Outputs that a definition may have. */
const MOST = 8;

/** What a property of an output is called. */
const NAMES = {
  position: { en: 'Position', zh: '位置' },
  angle: { en: 'Angle', zh: '角度' },
  on: { en: 'On', zh: '开关' },
  level: { en: 'Level', zh: '亮度' },
} as const;

/** What is shown of each kind of output. */
const SHOWN = {
  servo: ['position', 'angle'],
  relay: ['position', 'on'],
  dimmer: ['position', 'level', 'on'],
} as const;

/** Asks what is wired to the board, and adds the properties that show it. */
export async function askOutputs(ask: Questions, mode: ControlMode): Promise<void> {
  const { prompt, draft } = ask;
  for (let channel = 0; channel < MOST; channel++) {
    const type = await prompt.ask({
      text: `Output ${channel}`,
      choices: ['servo', 'relay', 'dimmer', 'none'],
      fallback: channel > 0 ? 'none' : mode === 'dimmer' ? 'dimmer' : 'relay',
      take: (answer) => {
        if (channel === 0 && mode === 'dimmer' && answer !== 'dimmer') return 'control mode dimmer needs a dimmer here';
        if (answer === 'none') return channel === 0 ? `a product of control mode ${mode} needs an output` : undefined;
        const pin = draft.freePin('output');
        return pin === undefined ? 'no pin is left for it' : draft.wouldBe(['outputs', channel], { type: answer, pin });
      },
    });
    if (type === 'none') break;
    await askOutput(ask, channel, type as OutputDefinition['type'], mode);
  }
  await askInterlock(ask);
  await askSettable(ask, mode);
}

/** Adds the properties of the outputs, writable where the person and the control mode want it. */
async function askSettable({ prompt, draft }: Questions, mode: ControlMode): Promise<void> {
  const properties = draft
    .list('outputs')
    .flatMap(({ type }, channel) => propertiesOf(type as OutputDefinition['type'], channel));
  const put = (settable: readonly string[]): void =>
    draft.force(
      ['properties'],
      properties.map(({ source, ...rest }) => ({
        ...rest,
        ...(settable.includes(rest.key) && { writable: true }),
        source,
      })),
    );
  put(properties.map(({ key }) => key));
  const product = parseProduct({ ...draft.finished(), controlMode: mode }, 'draft');
  const settable = product.properties.filter((property) => isReached(product, property)).map(({ key }) => key);
  const wanted = settable.length > 0 && (await prompt.yes(`May messages set ${settable.join(', ')}`, true));
  put(wanted ? settable : []);
}

async function askOutput(
  ask: Questions,
  channel: number,
  type: OutputDefinition['type'],
  mode: ControlMode,
): Promise<void> {
  const path = ['outputs', channel] as const;
  await ask.pin(`  Pin of the ${type}`, path, 'output', { at: (pin) => ({ type, pin }) });
  if (type === 'servo') await askAngles(ask, channel);
  else {
    await ask.number('  Level of the pin that switches it on', [...path, 'activeLevel'], 1, ['0', '1']);
    // In control mode pulse an output begins at its rest.
    if (mode !== 'pulse') await ask.text('  After power-on', [...path, 'powerOn'], 'off', ['off', 'on', 'last']);
    if (type === 'dimmer') await ask.number('  Lowest level that lights evenly, percent', [...path, 'minLevel'], 1);
  }
  if (mode === 'pulse') await ask.number('  How long a pulse lasts, ms', [...path, 'pulse', 'durationMs'], 500);
}

/** The angles of the named positions, together: they must fit each other after each answer. */
async function askAngles({ prompt, draft }: Questions, channel: number): Promise<void> {
  let angles: { up: unknown; middle: unknown; down: unknown } = { up: 180, middle: 90, down: 0 };
  for (const name of ['up', 'middle', 'down'] as const) {
    await prompt.ask({
      text: `  Its angle for ${name}, degrees`,
      fallback: String(angles[name]),
      take: (answer) => {
        const deg = numberIn(answer);
        const next = { ...angles, ...(name === 'up' && oppositeOf(Number(deg))), [name]: deg };
        const wrong = draft.put(['outputs', channel, 'positionsDeg'], next);
        if (wrong === undefined) angles = next;
        return wrong;
      },
    });
  }
}

/** What goes with an angle for up. A horn that is mounted the other way round has its ends swapped. */
function oppositeOf(upDeg: number): { middle: number; down: number } {
  const down = upDeg < 90 ? 180 : 0;
  return { middle: Math.round((upDeg + down) / 2), down };
}

async function askInterlock({ prompt, draft }: Questions): Promise<void> {
  const relays = draft.list('outputs').flatMap(({ type }, channel) => (type === 'relay' ? [channel] : []));
  if (relays.length < 2) return;
  await prompt.ask({
    text: 'Two relays that must never be on together, like 0,1, or none',
    fallback: 'none',
    take: (answer) => {
      if (answer === 'none') return undefined;
      const channels = answer.split(',').map((channel) => numberIn(channel.trim()));
      return draft.put(['interlocks', 0], { channels });
    },
  });
}

interface NewProperty {
  readonly key: string;
  readonly source: object;
}

function propertiesOf(type: OutputDefinition['type'], channel: number): NewProperty[] {
  // Of the first output apps want the position; of the others what names them best is enough.
  const attributes = SHOWN[type].filter((attribute) => channel === 0 || type === 'servo' || attribute !== 'position');
  return attributes.map((attribute) => {
    const { en, zh } = NAMES[attribute];
    const name = channel === 0 ? { en, zh } : { en: `${en} ${channel}`, zh: `${zh} ${channel}` };
    return {
      key: channel === 0 ? attribute : `${attribute}${channel}`,
      name,
      ...valuesOf(type, attribute),
      source: { channel, attribute },
    };
  });
}

function valuesOf(type: OutputDefinition['type'], attribute: keyof typeof NAMES): object {
  if (attribute === 'on') return { type: 'boolean' };
  if (attribute === 'angle') return { type: 'integer', unit: '°', min: 0, max: 180 };
  if (attribute === 'level') return { type: 'integer', unit: '%', min: 0, max: 100 };
  return { type: 'enum', values: type === 'relay' ? ['up', 'down'] : ['up', 'middle', 'down'] };
}
