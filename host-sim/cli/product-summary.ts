import type {
  InputDefinition,
  OutputAttribute,
  OutputDefinition,
  Product,
  PropertyDefinition,
} from '../../src/core/product.js';
import { plainText } from '../products/plain-text.js';
import { reachOf } from './product-reach.js';

/** What commands each control mode takes. */
export const MODES: Readonly<Record<Product['controlMode'], string>> = {
  toggle: 'takes toggle, pulse and trigger, and the legacy switch and angle',
  pulse: 'takes pulse and trigger, and the legacy switch and angle as pulses',
  dimmer: 'takes levels and writable properties',
  generic: 'takes whatever its outputs can do',
  readonly: 'takes no commands',
};

/** What a definition means, for a person: a few lines. */
export function summaryOf(product: Product): string {
  const { productKey, name, chipModel, firmwareVersion, controlMode, activationMode, statusLed } = product;
  const rows: (readonly [string, string])[] = [
    ['product', `${productKey}: ${name.en}${name.zh === name.en ? '' : ` / ${name.zh}`}`],
    ['board', `${chipModel}, firmware ${firmwareVersion}${statusLed ? `, status LED on pin ${statusLed.pin}` : ''}`],
    ['mode', `${controlMode}: ${MODES[controlMode]}`],
    ...(activationMode === 'signed' ? [['activation', 'signed: each board needs its board key'] as const] : []),
    ...product.outputs.map((output, channel) => [`output ${channel}`, outputOf(output)] as const),
    ...product.interlocks.map(
      ({ channels, deadTimeMs }) =>
        ['interlock', `outputs ${channels.join(' and ')} are never on together, ${deadTimeMs} ms apart`] as const,
    ),
    ...product.inputs.map((input, index) => [`input ${index}`, inputOf(input, product)] as const),
    ...product.properties.map((property) => ['property', propertyOf(property, product)] as const),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `  ${label.padEnd(width)}  ${plainText(text)}\n`).join('');
}

function outputOf(output: OutputDefinition): string {
  const { type, pin, pulse } = output;
  const pulses = `pulses ${pulse.durationMs} ms (at most ${pulse.maxMs} ms)`;
  if (output.type === 'servo') {
    const { limitsDeg, positionsDeg } = output;
    const { up, middle, down } = positionsDeg;
    return `${type} on pin ${pin}, up ${up}°, middle ${middle}°, down ${down}°, within ${limitsDeg.min}° to ${limitsDeg.max}°, ${pulses}`;
  }
  const start = output.powerOn === 'last' ? 'as it last was' : output.powerOn;
  const fades = output.type === 'dimmer' ? `, fades in ${output.fadeMs} ms, at least ${output.minLevel} %` : '';
  return `${type} on pin ${pin}, ${start} after power-on${fades}, ${pulses}`;
}

function inputOf(input: InputDefinition, { outputs }: Product): string {
  const { type, pin } = input;
  if (type === 'analog') return `${type} on pin ${pin}, ${input.scale.min} to ${input.scale.max}`;
  const level = `pressed or closed at level ${input.activeLevel}`;
  if (type === 'digital') return `${type} on pin ${pin}, ${level.replace('pressed or closed', 'on')}`;
  const commands = outputs.length === 0 ? 'to be held' : `for output ${input.channel}`;
  return `${type} on pin ${pin}, ${commands}, ${level.replace(' or closed', '')}`;
}

const SHOWS: Readonly<Record<OutputAttribute, string>> = {
  position: 'the position of',
  angle: 'the angle of',
  on: 'whether on, of',
  level: 'the level of',
};

function propertyOf(property: PropertyDefinition, product: Product): string {
  const { key, type, unit, min, max, values, source } = property;
  const range = min === undefined || max === undefined ? '' : ` ${min} to ${max}${unit ? ` ${unit}` : ''}`;
  const what = 'input' in source ? `input ${source.input}` : `${SHOWS[source.attribute]} output ${source.channel}`;
  const kind = `${type}${range}${values ? ` ${values.join(', ')}` : ''}`;
  return `${key}: ${kind}, shows ${what}${settingOf(property, product)}`;
}

/** Who can set a property, in words. */
function settingOf(property: PropertyDefinition, product: Product): string {
  if (!property.writable) return '';
  const { cloud, board } = reachOf(product, property);
  if (cloud && board) return ', can be set';
  if (!cloud && !board) return ', writable, but nothing can set it';
  return cloud ? ', writable, but the board refuses it' : ', can be set at the board, but not through the cloud';
}
