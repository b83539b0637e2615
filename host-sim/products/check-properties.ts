import { isDeepStrictEqual } from 'node:util';
import type {
  AnalogDefinition,
  OutputAttribute,
  OutputDefinition,
  Product,
  PropertyDefinition,
} from '../../src/core/product.js';
import { fitsProperty } from '../../src/core/property-value.js';
import { channelsOf, POSITIONS } from './check-outputs.js';
import { type Findings, mendOfEnds } from './problem.js';

/** Keys that mean something else in a message, or in the language. */
const RESERVED_KEYS = [
  ...['action', 'switch', 'channel', 'duration', 'wakeup', 'wifi_rssi'],
  ...['id', 'method', 'params', 'time', 'timestamp', 'version', 'constructor', 'prototype'],
  // What the heartbeat adds of its own.
  ...['boot_reason', 'uptime', 'free_heap', 'reconnects', 'messages_dropped', 'commands_refused', 'outbox_dropped'],
];

/** What a property can show of each kind of output. */
const ATTRIBUTES: Readonly<Record<OutputDefinition['type'], readonly OutputAttribute[]>> = {
  servo: ['position', 'angle'],
  relay: ['position', 'on'],
  dimmer: ['position', 'level', 'on', 'angle'],
};

/** What type shows it. */
const TYPES: Readonly<Record<OutputAttribute, readonly PropertyDefinition['type'][]>> = {
  position: ['enum'],
  angle: ['integer'],
  on: ['boolean'],
  level: ['integer', 'number'],
};

/** What a number of an output can be. */
const RANGES = {
  angle: { max: 180, why: 'because it is an angle' },
  level: { max: 100, why: 'because it is a level in percent' },
} as const;

/** Values have six decimals at most. */
const FINEST_STEP = 1e-6;

/** A source as the schema leaves it: any of its keys may be there. */
interface LooseSource {
  readonly channel?: number;
  readonly attribute?: OutputAttribute;
  readonly input?: number;
}

/** Whether each property has a name of its own and shows something that there is. */
export function checkProperties(product: Product, findings: Findings): void {
  const keys = new Set<string>();
  product.properties.forEach((property, index) => {
    const field = `properties[${index}]`;
    checkKey(property, field, keys, findings);
    keys.add(property.key);
    checkRange(property, field, findings);
    checkSource(property, field, product, findings);
    const same = product.properties.findIndex(({ source }) => isDeepStrictEqual(source, property.source));
    if (same < index)
      findings.warn(`${field}.source`, `is shown by properties[${same}] already; remove one of the two`);
  });
}

function checkKey({ key, source }: PropertyDefinition, field: string, keys: Set<string>, findings: Findings): void {
  const { channel, attribute } = source as LooseSource;
  if (RESERVED_KEYS.includes(key)) findings.error(`${field}.key`, `${key} is reserved; choose another name`);
  else if (keys.has(key)) {
    findings.error(`${field}.key`, `${key} is used by an earlier property; choose another name`);
  } else if ((key === 'position' || key === 'angle') && (attribute !== key || channel !== 0)) {
    findings.error(`${field}.key`, `${key} is what the cloud shows of channel 0; choose another name or source`);
  }
}

function checkRange(property: PropertyDefinition, field: string, findings: Findings): void {
  const { min, max, step = 1, writable } = property;
  if (min === undefined || max === undefined) return;
  if (min >= max) findings.error(`${field}.min`, `${min} must be below max ${max}; ${mendOfEnds(min, max)}`);
  else if (step < FINEST_STEP) {
    findings.error(`${field}.step`, `${step} is finer than a value is; use at least ${FINEST_STEP.toFixed(6)}`);
  } else if (step > max - min) {
    findings.error(`${field}.step`, `${step} is wider than the range from min ${min} to max ${max}; lower it`);
  } else if (writable && !fitsProperty(property, max)) {
    findings.warn(
      `${field}.step`,
      `${step} does not lead from min ${min} to max ${max}, so no message can set the end; change one of the three`,
    );
  }
}

function checkSource(property: PropertyDefinition, field: string, product: Product, findings: Findings): void {
  const { channel, attribute, input } = property.source as LooseSource;
  if (input !== undefined && channel === undefined && attribute === undefined) {
    checkInputSource(property, input, field, product, findings);
  } else if (input === undefined && channel !== undefined && attribute !== undefined) {
    const output = product.outputs[channel];
    if (!output) findings.error(`${field}.source.channel`, `${channel} does not exist; ${channelsOf(product)}`);
    else checkOutputSource(property, output, attribute, field, findings);
  } else {
    const has = Object.keys(property.source);
    findings.error(
      `${field}.source`,
      `must have channel and attribute, for an output, or input alone, for an input; it has ${has.length === 0 ? 'none of them' : has.join(' and ')}`,
    );
  }
}

function checkInputSource(
  property: PropertyDefinition,
  index: number,
  field: string,
  { inputs }: Product,
  findings: Findings,
): void {
  const input = inputs[index];
  if (!input) {
    const there = inputs.length === 0 ? 'there are no inputs' : `inputs go from 0 to ${inputs.length - 1}`;
    findings.error(`${field}.source.input`, `${index} does not exist; ${there}`);
    return;
  }
  if (input.type === 'button') {
    findings.error(
      `${field}.source.input`,
      `${index} is a button, which has no value to show; name a digital or an analog input, or remove the property`,
    );
    return;
  }
  if (property.writable) {
    findings.error(`${field}.writable`, `must be false, because inputs[${index}] is measured and cannot be set`);
  }
  const types = input.type === 'digital' ? ['boolean'] : ['number', 'integer'];
  if (!types.includes(property.type)) {
    findings.error(
      `${field}.type`,
      `must be ${types.join(' or ')}, because inputs[${index}] is ${input.type === 'digital' ? 'a digital' : 'an analog'} input`,
    );
  } else if (input.type === 'analog') checkCovers(property, input, `inputs[${index}].scale`, field, findings);
}

/** A value outside its property's range would puzzle every app. */
function checkCovers(
  { min = 0, max = 0 }: PropertyDefinition,
  { scale }: AnalogDefinition,
  name: string,
  field: string,
  findings: Findings,
): void {
  // That is said of its ends already.
  if (min >= max) return;
  const lowest = Math.min(scale.min, scale.max);
  const highest = Math.max(scale.min, scale.max);
  if (min > lowest) {
    findings.error(`${field}.min`, `${min} must be at most ${lowest}, because ${name} reaches down to it; lower it`);
  }
  if (max < highest) {
    findings.error(`${field}.max`, `${max} must be at least ${highest}, because ${name} reaches up to it; raise it`);
  }
}

function checkOutputSource(
  property: PropertyDefinition,
  output: OutputDefinition,
  attribute: OutputAttribute,
  field: string,
  findings: Findings,
): void {
  const fitting = ATTRIBUTES[output.type];
  if (!fitting.includes(attribute)) {
    findings.error(
      `${field}.source.attribute`,
      `${attribute} is nothing a ${output.type} has; use ${fitting.join(' or ')}`,
    );
    return;
  }
  const types = TYPES[attribute];
  if (!types.includes(property.type)) {
    findings.error(`${field}.type`, `must be ${types.join(' or ')}, because the source's attribute is ${attribute}`);
  } else if (property.type === 'enum') checkValues(property, output.type, field, findings);
  else if (attribute === 'angle' || attribute === 'level') checkNumber(property, output, attribute, field, findings);
}

function checkValues(
  { values = [] }: PropertyDefinition,
  type: OutputDefinition['type'],
  field: string,
  findings: Findings,
): void {
  const possible: readonly string[] = POSITIONS[type];
  for (const value of values) {
    if (!possible.includes(value)) {
      findings.error(`${field}.values`, `has ${value}, where a ${type} is ${possible.join(', ')}; remove it`);
    }
  }
  const missing = possible.filter((name) => !values.includes(name));
  if (missing.length > 0) {
    findings.error(`${field}.values`, `lacks ${missing.join(', ')}, where the ${type} can be; add it`);
  }
}

function checkNumber(
  { min = 0, max = 0, writable }: PropertyDefinition,
  output: OutputDefinition,
  attribute: keyof typeof RANGES,
  field: string,
  findings: Findings,
): void {
  // That is said of its ends already.
  if (min >= max) return;
  const range = RANGES[attribute];
  if (min < 0) findings.error(`${field}.min`, `${min} must be at least 0, ${range.why}`);
  if (max > range.max) findings.error(`${field}.max`, `${max} must be at most ${range.max}, ${range.why}`);
  if (min < 0 || max > range.max) return;
  const reach = output.type === 'servo' ? output.limitsDeg : { min: 0, max: range.max };
  const ends = `goes from ${min} to ${max}, but the ${output.type} from ${reach.min} to ${reach.max}`;
  if (min > reach.min || max < reach.max) {
    findings.warn(field, `${ends}: beyond its range it shows its end`);
  } else if (writable && (min < reach.min || max > reach.max)) {
    findings.warn(field, `${ends}: a message can ask for what it does not reach`);
  }
}
