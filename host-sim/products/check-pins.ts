import type { InputDefinition, Product } from '../../src/core/product.js';
import { CHIP_PINS, freePins, type PinUse, whyNot } from './chip-pins.js';
import type { Findings } from './problem.js';

/** A pin of a definition, and what it is wanted for. */
export interface UsedPin {
  readonly pin: number;
  /** `outputs[0].pin`. */
  readonly field: string;
  readonly use: PinUse;
}

/** Every pin that a definition names, the first to name one first. */
export function usedPins({ outputs, statusLed, inputs }: Pick<Product, 'outputs' | 'statusLed' | 'inputs'>): UsedPin[] {
  const used: UsedPin[] = outputs.map(({ pin }, channel) => ({ pin, field: `outputs[${channel}].pin`, use: 'output' }));
  if (statusLed) used.push({ pin: statusLed.pin, field: 'statusLed.pin', use: 'output' });
  inputs.forEach((input, index) => {
    used.push({ pin: input.pin, field: `inputs[${index}].pin`, use: useOf(input) });
  });
  return used;
}

/** Whether the chip has the pins for what is wired to them, and each is used once. */
export function checkPins(product: Product, findings: Findings): void {
  const { chipModel } = product;
  const chip = CHIP_PINS[chipModel];
  if (!chip) {
    findings.error('chipModel', `must be one of ${Object.keys(CHIP_PINS).join(', ')}`);
    return;
  }
  const used = usedPins(product);
  const taken = used.map(({ pin }) => pin);
  const owners = new Map<number, string>();
  for (const { pin, field, use } of used) {
    const free = (): string => {
      const pins = freePins(chip, use, taken);
      return pins.length > 0
        ? `use one of ${pins.join(', ')}`
        : 'no pin that can do it is left, so free one or remove this';
    };
    const wrong = whyNot(pin, use, chip, chipModel);
    const owner = owners.get(pin);
    if (wrong) findings.error(field, `${pin} ${wrong}; ${free()}${otherMend(use, pin, chip.inputOnly)}`);
    else if (owner) findings.error(field, `${pin} is already used by ${owner}; ${free()}`);
    else if (chip.strapping.includes(pin)) {
      findings.warn(
        field,
        `${pin} is a strapping pin of the ${chipModel}: what is wired to it must not hold it at reset`,
      );
    } else if (chip.console.includes(pin)) {
      findings.warn(field, `${pin} belongs to the serial console or USB of the ${chipModel}: it moves during boot`);
    }
    if (!owner) owners.set(pin, field);
  }
  const pwm = product.outputs.filter(({ type }) => type === 'servo' || type === 'dimmer').length;
  if (pwm > chip.pwmChannels) {
    findings.error(
      'outputs',
      `has ${pwm} servos and dimmers, but the firmware has ${chip.pwmChannels} PWM channels on the ${chipModel}; remove some`,
    );
  }
}

function useOf(input: InputDefinition): PinUse {
  if (input.type === 'analog') return 'analog';
  return input.activeLevel === 0 ? 'input-pulled-up' : 'input';
}

/** What a maker can do who has wired it so already. */
function otherMend(use: PinUse, pin: number, inputOnly: readonly number[]): string {
  return use === 'input-pulled-up' && inputOnly.includes(pin)
    ? ', or wire it to 3.3 V with a resistor to ground and set activeLevel to 1'
    : '';
}
