import type { DimmerDefinition, Product, RelayDefinition } from '../../src/core/product.js';
import { isPulsed, type WrittenProduct } from './check-effect.js';
import type { Findings } from './problem.js';

/** Whether what each output is after power-on fits its pulses and its interlocks. */
export function checkPowerOn(product: Product, written: WrittenProduct, findings: Findings): void {
  product.outputs.forEach((output, channel) => {
    if (output.type === 'servo') return;
    const field = `outputs[${channel}]`;
    if (product.controlMode === 'pulse') checkRest(output, field, findings);
    else if ('pulse' in written.outputs[channel]! && isPulsed(product, channel)) checkLimit(output, field, findings);
  });
  checkJoined(product, findings);
}

/** In control mode `pulse` nothing is away from its rest for longer than a pulse, so not from power-on either. */
function checkRest({ powerOn, pulse }: RelayDefinition | DimmerDefinition, field: string, findings: Findings): void {
  if (pulse.rest === 'middle') {
    findings.error(`${field}.pulse.rest`, 'must be up or down in control mode pulse: no powerOn leads to middle');
    return;
  }
  const atRest = pulse.rest === 'up' ? 'on' : 'off';
  if (powerOn === atRest) return;
  const where = powerOn === 'last' ? 'can be' : 'is';
  findings.error(
    `${field}.powerOn`,
    `must be ${atRest} in control mode pulse, not ${powerOn}: with ${powerOn} it ${where} away from its rest from power-on without limit; set it to ${atRest}`,
  );
}

/** Elsewhere that is a choice, but hardly one of who wrote down how pulses end. */
function checkLimit({ powerOn, pulse }: RelayDefinition | DimmerDefinition, field: string, findings: Findings): void {
  if (powerOn === 'off' || pulse.rest === 'up') return;
  findings.warn(
    `${field}.powerOn`,
    `${powerOn} has no limit from power-on: pulse.maxMs ends pulses alone; set it to off if it must not stay on`,
  );
}

/** Of two relays that are never on together the one that is on first keeps the other off. */
function checkJoined({ outputs, interlocks }: Product, findings: Findings): void {
  for (const { channels } of interlocks) {
    const [first, second] = [...channels].sort((a, b) => a - b) as [number, number];
    const [one, other] = [outputs[first], outputs[second]];
    if (one?.type !== 'relay' || other?.type !== 'relay' || first === second) continue;
    if (one.powerOn === 'on' && other.powerOn !== 'off') {
      findings.warn(
        `outputs[${second}].powerOn`,
        `${other.powerOn} has no effect: outputs[${first}], which an interlock joins to it, comes on first; set one of the two to off`,
      );
    }
  }
}
