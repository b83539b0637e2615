import type { AnalogDefinition, ButtonDefinition, Product } from '../../src/core/product.js';
import { channelsOf } from './check-outputs.js';
import type { Findings } from './problem.js';

/** As in `src/inputs/button.ts`. */
const LONG_PRESS_MS = 3_000;

/** Whether the numbers of each input fit each other, and a button has something to command. */
export function checkInputs(product: Product, findings: Findings): void {
  product.inputs.forEach((input, index) => {
    const field = `inputs[${index}]`;
    if (input.type === 'button') checkButton(input, field, product, findings);
    else {
      if (input.type === 'analog') checkAnalog(input, field, findings);
      if (!product.properties.some(({ source }) => 'input' in source && source.input === index)) {
        findings.warn(field, `is reported by no property; add one with "source": { "input": ${index} }`);
      }
    }
  });
}

function checkButton(button: ButtonDefinition, field: string, product: Product, findings: Findings): void {
  const { channel, debounceMs, doubleMs, holdMs } = button;
  // Where there are no outputs it commands none, and is there to be held.
  if (product.outputs[channel] === undefined && !(product.outputs.length === 0 && channel === 0)) {
    findings.error(`${field}.channel`, `${channel} does not exist; ${channelsOf(product)}`);
  }
  if (doubleMs > 0 && doubleMs <= debounceMs) {
    findings.error(
      `${field}.doubleMs`,
      `${doubleMs} leaves no time for a second press, which counts after debounceMs ${debounceMs}; raise it, or set 0 for no doubles`,
    );
  }
  if (holdMs <= LONG_PRESS_MS) {
    findings.warn(
      `${field}.holdMs`,
      `${holdMs} leaves no long press, of ${LONG_PRESS_MS} and more, that opens the board to be set up anew; raise it`,
    );
  }
}

function checkAnalog({ scale, deadBand }: AnalogDefinition, field: string, findings: Findings): void {
  const span = Math.abs(scale.max - scale.min);
  if (span === 0) {
    findings.error(`${field}.scale.max`, `${scale.max} is the same as scale.min; they must differ`);
  } else if (deadBand >= span) {
    findings.error(
      `${field}.deadBand`,
      `${deadBand} is as wide as the scale from ${scale.min} to ${scale.max}, so no change would count; lower it`,
    );
  }
}
