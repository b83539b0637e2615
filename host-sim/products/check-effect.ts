import type { ButtonDefinition, Product } from '../../src/core/product.js';
import type { Findings } from './problem.js';

type Written = Readonly<Record<string, unknown>>;

/** A definition as its maker wrote it: right by the schema, and without what the defaults add. */
export interface WrittenProduct {
  readonly outputs: readonly Written[];
  readonly inputs?: readonly Written[];
}

/** What of an output has an effect without a command. */
const WITHOUT_COMMAND = ['type', 'pin', 'activeLevel', 'powerOn'];

/** Whether anything pulses an output: a command, or a button's double press, which the control mode does not bind. */
export function isPulsed({ controlMode, inputs }: Product, channel: number): boolean {
  if (controlMode !== 'dimmer' && controlMode !== 'readonly') return true;
  return inputs.some((input) => input.type === 'button' && input.channel === channel && input.doubleMs > 0);
}

/** Names what a maker wrote that changes nothing: he had something else in mind. */
export function checkEffect(product: Product, written: WrittenProduct, findings: Findings): void {
  written.outputs.forEach((output, channel) => {
    const field = `outputs[${channel}]`;
    if (!isCommanded(product, channel)) {
      const idle = Object.keys(output).filter((key) => !WITHOUT_COMMAND.includes(key));
      const loss = idle.length === 0 ? '' : `, so ${idle.join(', ')} of it can have no effect`;
      findings.warn(
        field,
        `is commanded by nothing, because the control mode is readonly and no button has channel ${channel}${loss}; add a button or remove the output`,
      );
    } else if ('pulse' in output && !isPulsed(product, channel)) {
      findings.warn(
        `${field}.pulse`,
        `has no effect: control mode ${product.controlMode} takes no pulses, and no button with doubleMs above 0 has channel ${channel}; remove it or add such a button`,
      );
    }
  });
  written.inputs?.forEach((input, index) => {
    if (input['type'] === 'button') checkButton(product, input, `inputs[${index}]`, findings);
  });
}

function isCommanded({ controlMode, inputs }: Product, channel: number): boolean {
  return controlMode !== 'readonly' || inputs.some((input) => input.type === 'button' && input.channel === channel);
}

function checkButton({ controlMode, outputs }: Product, written: Written, field: string, findings: Findings): void {
  if (outputs.length === 0) {
    for (const key of ['channel', 'doubleMs'] satisfies (keyof ButtonDefinition)[]) {
      // A channel that does not exist is refused elsewhere.
      if (key in written && (key !== 'channel' || written[key] === 0)) {
        findings.warn(`${field}.${key}`, 'has no effect, because there is no output to command; remove it');
      }
    }
  } else if (controlMode === 'pulse' && Number(written['doubleMs'] ?? 0) > 0) {
    findings.warn(
      `${field}.doubleMs`,
      'only delays a press, because in control mode pulse a short and a double one do the same; set 0',
    );
  }
}
