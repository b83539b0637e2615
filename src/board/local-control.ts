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
  /** A hand is at the board. */
  readonly onPressed: (press: Press) => void;
}

/**
 * The inputs of a board, and what its buttons do there and then, whatever the network does: a short press toggles the
 * button's output (in control mode `pulse`: pulses it), a double press triggers the product's own pulse; all are told, for those
 * that mean the board and not its outputs. Not for safe mode, in which no input is opened.
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
    const { product, control, diagnostics, onPressed } = this.#options;
    if (press === 'held') diagnostics.emit('info', 'button_held', { input });
    else diagnostics.emit('debug', 'button_pressed', { input, press });
    onPressed(press);
    if (press === 'held' || press === 'long') return;
    const { channel } = product.inputs[input] as ButtonDefinition;
    const pulses = press === 'double' || product.controlMode === 'pulse';
    // Refused only where there is no such output, or the outputs have gone to their safe state.
    control.applyLocal(pulses ? { kind: 'pulse', channel } : { kind: 'flip', channel });
  };
}
