import type { ControlMode } from '../../src/core/product.js';
import { plainText } from '../products/plain-text.js';
import { numberIn, type Questions } from './product-answers.js';

/** Inputs that a definition may have. */
const MOST = 8;
/** What a reading may stand for at most, and how far lowest and highest are apart at least: see the schema's `measure`. */
const MOST_MEASURE = 1e9;
const LEAST_SPAN = 0.001;

/** Asks what the board hears, and adds the properties that show it. */
export async function askInputs(ask: Questions, mode: ControlMode): Promise<void> {
  const { prompt, draft } = ask;
  for (let index = 0; index < MOST; index++) {
    const type = await prompt.ask({
      text: `Input ${index}`,
      choices: ['button', 'digital', 'analog', 'none'],
      fallback: index === 0 && mode === 'readonly' ? 'digital' : 'none',
      take: (answer) => {
        const use = answer === 'analog' ? 'analog' : 'input-pulled-up';
        return answer !== 'none' && draft.freePin(use) === undefined ? 'no pin is left for it' : undefined;
      },
    });
    if (type === 'none') return;
    const path = ['inputs', index] as const;
    if (type === 'analog') await askAnalog(ask, index);
    else {
      await ask.prompt.ask({
        text: `  Level of its pin when it is ${type === 'button' ? 'pressed' : 'on'} (0 pulls the pin up)`,
        choices: ['0', '1'],
        fallback: '0',
        take: (level) => {
          const use = level === '0' ? 'input-pulled-up' : 'input';
          return draft.put(path, { type, pin: draft.freePin(use), activeLevel: Number(level) });
        },
      });
      await ask.pin(`  Pin of the ${type} input`.replace('button input', 'button'), [...path, 'pin'], 'input', {
        wanted: draft.get([...path, 'pin']),
      });
      if (type === 'digital') await askProperty(ask, index, 'contact', { type: 'boolean' });
      else if (draft.list('outputs').length > 1) await ask.number('  Output that it commands', [...path, 'channel'], 0);
    }
  }
}

async function askAnalog(ask: Questions, index: number): Promise<void> {
  const { draft } = ask;
  const path = ['inputs', index] as const;
  await ask.pin('  Pin of the analog input', path, 'analog', { at: (pin) => ({ type: 'analog', pin }) });
  const min = Number(
    await ask.prompt.ask({
      text: '  What the lowest reading stands for',
      fallback: '0',
      take: whyNoMeasure,
    }),
  );
  const max = Number(
    await ask.prompt.ask({
      text: '  What the highest reading stands for',
      fallback: '100',
      take: (answer) => {
        const wrong = whyNoMeasure(answer);
        if (wrong) return wrong;
        const value = Number(answer);
        if (Math.abs(value - min) < LEAST_SPAN) {
          return `the highest reading must stand for something else than the lowest, ${min}, and be ${LEAST_SPAN} from it`;
        }
        return draft.put(path, {
          ...(draft.get(path) as object),
          scale: { min, max: value },
          deadBand: grainOf(min, value),
        });
      },
    }),
  );
  const unit = await ask.prompt.ask({
    text: '  Unit, or none',
    fallback: '%',
    take: (answer) => {
      if (answer.length > 16) return 'a unit has at most 16 characters';
      return plainText(answer) === answer ? undefined : 'a unit has characters that can be seen alone';
    },
  });
  await askProperty(ask, index, 'value', {
    type: 'number',
    ...(unit !== 'none' && { unit }),
    min: Math.min(min, max),
    max: Math.max(min, max),
    step: grainOf(min, max),
  });
}

async function askProperty(ask: Questions, input: number, word: string, parts: object): Promise<void> {
  const { draft, prompt } = ask;
  const place = draft.list('properties').length;
  const path = ['properties', place] as const;
  const taken = draft.list('properties').map(({ key }) => key);
  const key = await prompt.ask({
    text: '  Name of its property in messages',
    fallback: taken.includes(word) ? `${word}${input}` : word,
    take: (answer) =>
      draft.put(path, { key: answer, name: { en: answer || '-', zh: answer || '-' }, ...parts, source: { input } }),
  });
  const en = await ask.text('  Its name for people, English', [...path, 'name', 'en'], capital(key));
  await ask.text('  Its name for people, Chinese', [...path, 'name', 'zh'], en);
}

function whyNoMeasure(answer: string): string | undefined {
  const value = numberIn(answer);
  if (typeof value !== 'number') return `${answer} is no number`;
  return Math.abs(value) > MOST_MEASURE
    ? `${answer} is beyond ${MOST_MEASURE}, the most that can be measured`
    : undefined;
}

/** The decimal place that is a hundredth of a scale or somewhat finer: what a converter of 12 bits can tell apart. */
function grainOf(min: number, max: number): number {
  return Number(`1e${Math.floor(Math.log10(Math.abs(max - min) / 100))}`);
}

function capital(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1).replaceAll('_', ' ');
}
