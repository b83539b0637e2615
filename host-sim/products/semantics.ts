import type { OutputDefinition, Product, PropertyDefinition } from '../../src/core/product.js';
import { CHIP_PINS, type ChipPins, freePins } from './chip-pins.js';
import { type ProductProblem, problem } from './problem.js';

/** Keys that mean something else in a message, or in the language. */
const RESERVED_KEYS = [
  ...['action', 'switch', 'channel', 'duration', 'wakeup', 'wifi_rssi'],
  ...['id', 'method', 'params', 'time', 'timestamp', 'version', 'constructor', 'prototype'],
];
const ATTRIBUTES = { servo: ['position', 'angle'], relay: ['position', 'on'] } as const;
const TYPE_OF_ATTRIBUTE = { position: 'enum', angle: 'integer', on: 'boolean' } as const;
const POSITIONS = { servo: ['up', 'middle', 'down'], relay: ['up', 'down'] } as const;

/** What a schema cannot say: whether the parts of a completed definition fit each other and the chip. */
export function checkSemantics(product: Product): { errors: ProductProblem[]; warnings: ProductProblem[] } {
  const errors: ProductProblem[] = [];
  const warnings: ProductProblem[] = [];
  checkPins(product, errors, warnings);
  product.outputs.forEach((output, channel) => {
    checkOutput(output, `outputs[${channel}]`, errors);
  });
  checkInterlocks(product, errors);
  checkProperties(product, errors);
  checkMode(product, errors);
  if (product.session.heartbeatS > 110) {
    warnings.push(
      problem('session.heartbeatS', 'above 110 makes older servers call the board offline; they wait 120 s'),
    );
  }
  return { errors, warnings };
}

function checkPins(product: Product, errors: ProductProblem[], warnings: ProductProblem[]): void {
  const chip = CHIP_PINS[product.chipModel];
  if (!chip) {
    errors.push(problem('chipModel', `must be one of ${Object.keys(CHIP_PINS).join(', ')}`));
    return;
  }
  const uses = product.outputs.map(({ pin }, channel) => ({ pin, field: `outputs[${channel}].pin` }));
  if (product.statusLed) uses.push({ pin: product.statusLed.pin, field: 'statusLed.pin' });
  const usedPins = uses.map(({ pin }) => pin);
  const owners = new Map<number, string>();
  for (const { pin, field } of uses) {
    const wrong = whyNot(pin, chip, product.chipModel);
    const owner = owners.get(pin);
    if (wrong) errors.push(problem(field, `${pin} ${wrong}; use one of ${freePins(chip, usedPins)}`));
    else if (owner)
      errors.push(problem(field, `${pin} is already used by ${owner}; use one of ${freePins(chip, usedPins)}`));
    else if (chip.strapping.includes(pin)) {
      warnings.push(
        problem(
          field,
          `${pin} is a strapping pin of the ${product.chipModel}: what is wired to it must not hold it at reset`,
        ),
      );
    } else if (chip.console.includes(pin)) {
      warnings.push(
        problem(field, `${pin} belongs to the serial console or USB of the ${product.chipModel}: it moves during boot`),
      );
    }
    if (!owner) owners.set(pin, field);
  }
  const servos = product.outputs.filter(({ type }) => type === 'servo').length;
  if (servos > chip.pwmChannels) {
    errors.push(
      problem(
        'outputs',
        `has ${servos} servos, but the ${product.chipModel} has ${chip.pwmChannels} PWM channels; remove some`,
      ),
    );
  }
}

function whyNot(pin: number, chip: ChipPins, chipModel: string): string | undefined {
  if (chip.flash.includes(pin)) return `is wired to the flash on the ${chipModel}`;
  if (!chip.pins.includes(pin)) return `does not exist on the ${chipModel}`;
  if (chip.inputOnly.includes(pin)) return `is input only on the ${chipModel}`;
  return undefined;
}

function checkOutput(output: OutputDefinition, field: string, errors: ProductProblem[]): void {
  const { pulse } = output;
  if (pulse.position === pulse.rest) {
    errors.push(
      problem(`${field}.pulse.rest`, `is ${pulse.rest} as is pulse.position; a pulse must lead away from its rest`),
    );
  }
  if (pulse.durationMs > pulse.maxMs) {
    errors.push(
      problem(
        `${field}.pulse.durationMs`,
        `${pulse.durationMs} is above pulse.maxMs ${pulse.maxMs}; lower it or raise maxMs`,
      ),
    );
  }
  if (output.type === 'relay') {
    const key = pulse.position === 'up' ? 'minOnMs' : 'minOffMs';
    if (output[key] > pulse.maxMs) {
      errors.push(
        problem(
          `${field}.${key}`,
          `${output[key]} is above pulse.maxMs ${pulse.maxMs}, so no pulse could end in time; lower it`,
        ),
      );
    }
    return;
  }
  const { pulseUs, limitsDeg, positionsDeg } = output;
  if (pulseUs.min >= pulseUs.max) {
    errors.push(problem(`${field}.pulseUs.min`, `${pulseUs.min} must be below pulseUs.max ${pulseUs.max}; swap them`));
  }
  if (limitsDeg.min >= limitsDeg.max) {
    errors.push(
      problem(`${field}.limitsDeg.min`, `${limitsDeg.min} must be below limitsDeg.max ${limitsDeg.max}; swap them`),
    );
    return;
  }
  for (const name of POSITIONS.servo) {
    const deg = positionsDeg[name];
    if (deg < limitsDeg.min || deg > limitsDeg.max) {
      errors.push(
        problem(
          `${field}.positionsDeg.${name}`,
          `${deg} must lie within limitsDeg, ${limitsDeg.min} to ${limitsDeg.max}`,
        ),
      );
    }
  }
  if (positionsDeg.up === positionsDeg.down) {
    errors.push(problem(`${field}.positionsDeg.up`, `is ${positionsDeg.up} as is down; they must differ`));
  }
}

function checkInterlocks(product: Product, errors: ProductProblem[]): void {
  const pairs = new Set<string>();
  product.interlocks.forEach(({ channels }, index) => {
    const field = `interlocks[${index}].channels`;
    const [first, second] = channels;
    if (first === second) {
      errors.push(problem(field, `names channel ${first} twice; name two relays`));
      return;
    }
    channels.forEach((channel, place) => {
      const output = product.outputs[channel];
      if (!output) errors.push(problem(`${field}[${place}]`, `${channel} does not exist; ${channelsOf(product)}`));
      else if (output.type !== 'relay') {
        errors.push(problem(`${field}[${place}]`, `${channel} is a ${output.type}; an interlock joins two relays`));
      } else if (output.pulse.rest === 'up') {
        errors.push(
          problem(`outputs[${channel}].pulse.rest`, 'must be down, because an interlock joins this relay to another'),
        );
      }
    });
    const pair = [...channels].sort().join();
    if (pairs.has(pair))
      errors.push(problem(field, `joins ${first} and ${second} once more; remove one of the two entries`));
    pairs.add(pair);
  });
}

function checkProperties(product: Product, errors: ProductProblem[]): void {
  const keys = new Set<string>();
  product.properties.forEach((property, index) => {
    const field = `properties[${index}]`;
    const { key, source } = property;
    if (RESERVED_KEYS.includes(key)) errors.push(problem(`${field}.key`, `${key} is reserved; choose another name`));
    else if (keys.has(key))
      errors.push(problem(`${field}.key`, `${key} is used by an earlier property; choose another name`));
    else if ((key === 'position' || key === 'angle') && (source.attribute !== key || source.channel !== 0)) {
      errors.push(
        problem(`${field}.key`, `${key} is what the cloud shows of channel 0; choose another name or source`),
      );
    }
    keys.add(key);
    const output = product.outputs[source.channel];
    if (!output)
      errors.push(problem(`${field}.source.channel`, `${source.channel} does not exist; ${channelsOf(product)}`));
    else checkProperty(property, output, field, errors);
  });
}

function checkProperty(
  property: PropertyDefinition,
  output: OutputDefinition,
  field: string,
  errors: ProductProblem[],
): void {
  const { attribute } = property.source;
  const fitting: readonly string[] = ATTRIBUTES[output.type];
  if (!fitting.includes(attribute)) {
    errors.push(
      problem(`${field}.source.attribute`, `${attribute} is nothing a ${output.type} has; use ${fitting.join(' or ')}`),
    );
    return;
  }
  const type = TYPE_OF_ATTRIBUTE[attribute];
  if (property.type !== type) {
    errors.push(problem(`${field}.type`, `must be ${type}, because the source's attribute is ${attribute}`));
    return;
  }
  if (property.type === 'enum') {
    const possible: readonly string[] = POSITIONS[output.type];
    const missing = possible.filter((name) => !property.values?.includes(name));
    for (const value of property.values ?? []) {
      if (!possible.includes(value))
        errors.push(
          problem(`${field}.values`, `has ${value}, where a ${output.type} is ${possible.join(', ')}; remove it`),
        );
    }
    if (missing.length > 0)
      errors.push(problem(`${field}.values`, `lacks ${missing.join(', ')}, where the ${output.type} can be; add it`));
  }
  if (property.type === 'integer') checkRange(property, field, errors);
}

function checkRange(property: PropertyDefinition, field: string, errors: ProductProblem[]): void {
  const { min = 0, max = 180, step = 1 } = property;
  if (min >= max) errors.push(problem(`${field}.min`, `${min} must be below max ${max}; swap them`));
  else if (step > max - min)
    errors.push(problem(`${field}.step`, `${step} is wider than the range from min ${min} to max ${max}; lower it`));
  if (min < 0) errors.push(problem(`${field}.min`, `${min} must be at least 0, because it is an angle`));
  if (max > 180) errors.push(problem(`${field}.max`, `${max} must be at most 180, because it is an angle`));
}

function checkMode(product: Product, errors: ProductProblem[]): void {
  const { controlMode, outputs, properties } = product;
  if ((controlMode === 'toggle' || controlMode === 'pulse') && outputs.length === 0) {
    errors.push(problem('outputs', `must not be empty, because the control mode is ${controlMode}`));
  }
  if (controlMode !== 'readonly') return;
  properties.forEach(({ writable }, index) => {
    if (writable)
      errors.push(problem(`properties[${index}].writable`, 'must be false, because the control mode is readonly'));
  });
}

function channelsOf({ outputs }: Product): string {
  return outputs.length === 0 ? 'there are no outputs' : `channels go from 0 to ${outputs.length - 1}`;
}
