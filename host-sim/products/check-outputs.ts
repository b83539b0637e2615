import type { OutputDefinition, Product, RelayDefinition, ServoDefinition } from '../../src/core/product.js';
import { isPulsed } from './check-effect.js';
import { type Findings, mendOfEnds } from './problem.js';

/** The named positions that each kind of output can be in. */
export const POSITIONS = {
  servo: ['up', 'middle', 'down'],
  relay: ['up', 'down'],
  dimmer: ['up', 'middle', 'down'],
} as const;

/** Pulse widths of 0° and 180° this far apart, µs, give each degree one of its own: a step of the PWM is 1.2 µs at best. */
const LEAST_SPAN_US = 220;

/** Which channels there are, in words for a message. */
export function channelsOf({ outputs }: Product): string {
  if (outputs.length === 0) return 'there are no outputs';
  return outputs.length === 1 ? 'the only channel is 0' : `channels go from 0 to ${outputs.length - 1}`;
}

/** Whether the numbers of each output fit each other. */
export function checkOutputs(product: Product, findings: Findings): void {
  product.outputs.forEach((output, channel) => {
    const field = `outputs[${channel}]`;
    checkPulse(output, field, findings);
    if (output.type === 'relay') checkRelay(output, field, isPulsed(product, channel), findings);
    else if (output.type === 'servo') checkServo(output, field, findings);
  });
}

function checkPulse({ pulse }: OutputDefinition, field: string, findings: Findings): void {
  if (pulse.position === pulse.rest) {
    findings.error(
      `${field}.pulse.rest`,
      `is ${pulse.rest} as is pulse.position; a pulse must lead away from its rest`,
    );
  }
  if (pulse.durationMs > pulse.maxMs) {
    findings.error(
      `${field}.pulse.durationMs`,
      `${pulse.durationMs} is above pulse.maxMs ${pulse.maxMs}; lower it or raise maxMs`,
    );
  }
}

function checkRelay(relay: RelayDefinition, field: string, pulsed: boolean, findings: Findings): void {
  const { pulse } = relay;
  const key = pulse.position === 'up' ? 'minOnMs' : 'minOffMs';
  if (relay[key] > pulse.maxMs) {
    findings.error(
      `${field}.${key}`,
      `${relay[key]} is above pulse.maxMs ${pulse.maxMs}, so no pulse could end in time; lower it`,
    );
  } else if (pulsed && relay[key] > pulse.durationMs) {
    findings.warn(
      `${field}.pulse.durationMs`,
      `${pulse.durationMs} is below ${key} ${relay[key]}, which every pulse lasts then; raise it or lower ${key}`,
    );
  }
}

function checkServo({ pulseUs, limitsDeg, positionsDeg }: ServoDefinition, field: string, findings: Findings): void {
  if (pulseUs.min >= pulseUs.max) {
    findings.error(
      `${field}.pulseUs.min`,
      `${pulseUs.min} must be below pulseUs.max ${pulseUs.max}; ${mendOfEnds(pulseUs.min, pulseUs.max)}`,
    );
  } else if (pulseUs.max - pulseUs.min < LEAST_SPAN_US) {
    findings.error(
      `${field}.pulseUs.max`,
      `${pulseUs.max} is less than ${LEAST_SPAN_US} above pulseUs.min ${pulseUs.min}, so the angles between are one pulse; raise it`,
    );
  }
  if (limitsDeg.min >= limitsDeg.max) {
    findings.error(
      `${field}.limitsDeg.min`,
      `${limitsDeg.min} must be below limitsDeg.max ${limitsDeg.max}; ${mendOfEnds(limitsDeg.min, limitsDeg.max)}`,
    );
    return;
  }
  for (const name of POSITIONS.servo) {
    const deg = positionsDeg[name];
    if (deg < limitsDeg.min || deg > limitsDeg.max) {
      findings.error(
        `${field}.positionsDeg.${name}`,
        `${deg} must lie within limitsDeg, ${limitsDeg.min} to ${limitsDeg.max}; change it or widen them`,
      );
    }
  }
  checkPositions(positionsDeg, `${field}.positionsDeg`, findings);
}

/** A flip leads from nearer to up to down, and a pulse away from its rest: only angles that differ lead anywhere. */
function checkPositions(
  { up, middle, down }: ServoDefinition['positionsDeg'],
  field: string,
  findings: Findings,
): void {
  const lowest = Math.min(up, down) + 1;
  const highest = Math.max(up, down) - 1;
  if (up === down) findings.error(`${field}.up`, `is ${up} as is down; they must differ`);
  else if (lowest > highest) {
    findings.error(
      `${field}.up`,
      `${up} and down ${down} leave no whole degree for middle between them; set them apart`,
    );
  } else if (middle < lowest || middle > highest) {
    findings.error(
      `${field}.middle`,
      `${middle} must lie between down ${down} and up ${up}, or flips and pulses do not move; use ${lowest} to ${highest}`,
    );
  }
}

/** Whether each interlock joins two relays that it can keep apart. */
export function checkInterlocks(product: Product, findings: Findings): void {
  const pairs = new Set<string>();
  product.interlocks.forEach(({ channels }, index) => {
    const field = `interlocks[${index}].channels`;
    const [first, second] = channels;
    if (first === second) {
      findings.error(field, `names channel ${first} twice; name two relays`);
      return;
    }
    channels.forEach((channel, place) => {
      const output = product.outputs[channel];
      if (!output) findings.error(`${field}[${place}]`, `${channel} does not exist; ${channelsOf(product)}`);
      else if (output.type !== 'relay') {
        findings.error(`${field}[${place}]`, `${channel} is a ${output.type}; an interlock joins two relays`);
      } else if (output.pulse.rest === 'up') {
        findings.error(
          `outputs[${channel}].pulse.rest`,
          'must be down, because an interlock joins this relay to another',
        );
      }
    });
    const pair = [...channels].sort().join();
    if (pairs.has(pair)) {
      findings.error(field, `joins ${first} and ${second} once more; remove one of the two entries`);
    }
    pairs.add(pair);
  });
}
