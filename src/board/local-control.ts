import type { Control } from '../control/control.js';
import type { ButtonDefinition, Product } from '../core/product.js';
import type { Press } from '../inputs/button.js';
import { Inputs } from '../inputs/inputs.js';
import type { Host } from '../ports/host.js';
import type { Diagnostics } from './diagnostics.js';

export interface LocalControlOptions {
  readonly host: Host;
  readonly product: Product;
  readonly control: Control;
  readonly diagnostics: Diagnostics;
  /** What an input measures has changed. */
  readonly onChanged: () => void;
}

/**
 * The inputs of a board, and what its buttons do there and then, whatever the network does: a short press toggles the
 * button's output (in control mode `pulse`: pulses it), a double press triggers the product's own pulse, a long one is
 * told. Not for safe mode, in which no input is opened.
 */
export class LocalControl {
  readonly #options: LocalControlOptions;
  readonly #inputs: Inputs;

  constructor(options: LocalControlOptions) {
    this.#options = options;
    const { host, product, onChanged } = options;
    const { timer, clock, io } = host;
    this.#inputs = new Inputs({ timer, clock, io, product, onPress: this.#onPress, onChanged });
  }

  /** What an input measures; `undefined` where it measures nothing. */
  read(input: number): boolean | number | undefined {
    return this.#inputs.read(input);
  }

  /** No button commands anything from now on. May be called twice. */
  close(): void {
    this.#inputs.close();
  }

  readonly #onPress = (input: number, press: Press): void => {
    const { product, control, diagnostics } = this.#options;
    if (press === 'held') {
      diagnostics.emit('info', 'button_held', { input });
      return;
    }
    diagnostics.emit('debug', 'button_pressed', { input, press });
    const { channel } = product.inputs[input] as ButtonDefinition;
    const pulses = press === 'double' || product.controlMode === 'pulse';
    // Refused only where there is no such output, or the outputs have gone to their safe state.
    control.applyLocal(pulses ? { kind: 'pulse', channel } : { kind: 'flip', channel });
  };
}
