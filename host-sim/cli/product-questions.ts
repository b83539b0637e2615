import type { ControlMode } from '../../src/core/product.js';
import { parseProduct, shippedDefinition } from '../products/load.js';
import { numberIn, Questions } from './product-answers.js';
import type { Draft } from './product-draft.js';
import { askInputs } from './product-input-questions.js';
import { askOutputs } from './product-output-questions.js';
import type { Prompt } from './product-prompt.js';
import { isReached } from './product-reach.js';
import { MODES } from './product-summary.js';

/** How apps draw a product of each mode, until its maker says otherwise in the file. */
const LOOKS: Readonly<Record<ControlMode, { uiTemplate: string; iconName: string; category: string }>> = {
  toggle: { uiTemplate: 'switch_toggle', iconName: 'power_settings_new', category: 'switch' },
  pulse: { uiTemplate: 'wakeup', iconName: 'touch_app', category: 'switch' },
  dimmer: { uiTemplate: 'servo', iconName: 'lightbulb', category: 'light' },
  generic: { uiTemplate: 'switch_toggle', iconName: 'bolt', category: 'generic' },
  readonly: { uiTemplate: 'sensor', iconName: 'thermostat', category: 'sensor' },
};

/** Asks for a whole product. The draft starts empty, or from another product. */
export async function askProduct(prompt: Prompt, draft: Draft, from: string | undefined): Promise<void> {
  const questions = new Questions(prompt, draft);
  await askIdentity(questions, from !== undefined);
  const keeps = from !== undefined && (await prompt.yes(`Keep the outputs, inputs and properties of ${from}`, true));
  if (!keeps) {
    for (const key of ['outputs', 'inputs', 'properties', 'interlocks']) draft.force([key], []);
    draft.force(['statusLed'], undefined);
  }
  const mode = await askMode(questions, keeps);
  await askTexts(questions, mode, keeps);
  if (keeps) {
    await askPins(questions);
    showUnreached(questions);
    return;
  }
  await askStatusLed(questions);
  // What takes no commands has inputs alone; an output that only its button commands is a matter for the file.
  if (mode !== 'readonly') await askOutputs(questions, mode);
  await askInputs(questions, mode);
  draft.force(['controlMode'], mode);
  if (mode === 'toggle' && draft.get(['outputs', 0, 'type']) === 'servo') {
    draft.force(['app', 'uiTemplate'], 'servo_switch');
  }
}

async function askIdentity(ask: Questions, hasFrom: boolean): Promise<void> {
  const { prompt, draft } = ask;
  await prompt.ask({
    text: 'Product key (letters, digits, - and _)',
    take: (answer) =>
      shippedDefinition(answer)
        ? `productKey ${answer} is a shipped product; choose a key of your own`
        : draft.put(['productKey'], answer),
  });
  const en = await ask.text('Name, English', ['name', 'en'], draft.get(['productKey']));
  await ask.text('Name, Chinese', ['name', 'zh'], en);
  // Another chip has other pins; each is asked for below.
  const chip = await prompt.ask({
    text: 'Chip',
    choices: ['ESP32', 'ESP32-C3', 'ESP32-S3'],
    fallback: String(draft.get(['chipModel'])),
  });
  draft.force(['chipModel'], chip);
  await ask.text('Firmware version', ['firmwareVersion'], hasFrom ? draft.get(['firmwareVersion']) : '1.0.0');
}

async function askMode({ prompt, draft }: Questions, keeps: boolean): Promise<ControlMode> {
  prompt.say('  What commands it takes:');
  for (const [mode, words] of Object.entries(MODES)) prompt.say(`    ${mode.padEnd(9)} ${words}`);
  const answer = await prompt.ask({
    text: 'Control mode',
    choices: Object.keys(MODES),
    fallback: keeps ? String(draft.get(['controlMode'])) : 'toggle',
    // A new one gets its outputs first: until then no other mode would be right.
    take: (mode) => (keeps ? draft.put(['controlMode'], mode) : undefined),
  });
  const mode = answer as ControlMode;
  if (!keeps) draft.force(['controlMode'], mode === 'readonly' ? mode : 'generic');
  return mode;
}

async function askTexts(ask: Questions, mode: ControlMode, keeps: boolean): Promise<void> {
  const { draft } = ask;
  const { category, ...look } = LOOKS[mode];
  const en = await ask.text('Description, English', ['description', 'en'], draft.get(['name', 'en']));
  const sameAsName = en === draft.get(['name', 'en']);
  await ask.text('Description, Chinese', ['description', 'zh'], sameAsName ? draft.get(['name', 'zh']) : en);
  await ask.text('Category', ['category'], keeps ? draft.get(['category']) : category);
  await ask.text('Manufacturer', ['app', 'manufacturer'], 'Home-made');
  await ask.text('Model', ['app', 'model'], draft.get(['productKey']));
  if (keeps) return;
  draft.force(['app', 'uiTemplate'], look.uiTemplate);
  draft.force(['app', 'iconName'], look.iconName);
}

async function askStatusLed({ prompt, draft }: Questions): Promise<void> {
  await prompt.ask({
    text: 'Pin of the status LED, or none',
    fallback: 'none',
    take: (answer) => (answer === 'none' ? undefined : draft.put(['statusLed'], { pin: numberIn(answer) })),
  });
}

/** What is wired stays, where it is wired may differ. */
async function askPins(questions: Questions): Promise<void> {
  const { draft } = questions;
  const led = draft.get(['statusLed', 'pin']);
  if (led !== undefined) await questions.pin('Pin of the status LED', ['statusLed', 'pin'], 'output', { wanted: led });
  for (const [channel, { type, pin }] of draft.list('outputs').entries()) {
    await questions.pin(`Pin of output ${channel}, the ${type}`, ['outputs', channel, 'pin'], 'output', {
      wanted: pin,
    });
  }
  for (const [index, { type, pin, activeLevel }] of draft.list('inputs').entries()) {
    const use = type === 'analog' ? 'analog' : activeLevel === 1 ? 'input' : 'input-pulled-up';
    await questions.pin(`Pin of input ${index}, the ${type}`, ['inputs', index, 'pin'], use, { wanted: pin });
  }
}

/** A property that its product lets messages set, and that none could set, is shown only. */
function showUnreached({ prompt, draft }: Questions): void {
  const product = parseProduct(draft.finished(), 'draft');
  const shown = product.properties.flatMap((property, index) => {
    if (!property.writable || isReached(product, property)) return [];
    draft.force(['properties', index, 'writable'], undefined);
    return [property.key];
  });
  if (shown.length > 0) {
    prompt.say(
      `  note: ${shown.join(', ')} can be read only; in control mode ${product.controlMode} messages set none`,
    );
  }
}
