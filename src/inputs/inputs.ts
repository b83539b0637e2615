import type { Product, PropertyDefinition } from '../core/product.js';
import type { Clock } from '../ports/clock.js';
import type { Pins } from '../ports/pins.js';
import type { Timer } from '../ports/timer.js';
import { AnalogInput } from './analog-input.js';
import { Button, type Press } from './button.js';
import { Contact } from './contact.js';

export interface InputsOptions {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly io: Pins;
  readonly product: Product;
  /** A button, by its place in the product's `inputs`, was used. Never called from inside a method. */
  readonly onPress: (input: number, press: Press) => void;
  /** What an input measures has changed. Never called from inside a method. */
  readonly onChanged: () => void;
}

/** What a board hears, from its product definition. Nothing is called after `close`. */
export class Inputs {
  /** By their place in the product. */
  readonly #inputs: (Button | Contact | AnalogInput)[] = [];

  /** Opens the inputs' pins. @throws what the pins throw; no pin stays open then. */
  constructor(options: InputsOptions) {
    try {
      this.#open(options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What an input measures; `undefined` for a button and where there is no such input. After `close`, what it was last. */
  read(input: number): boolean | number | undefined {
    const found = this.#inputs[input];
    return found === undefined || found instanceof Button ? undefined : found.value;
  }

  /** Frees every pin. May be called twice. */
  close(): void {
    for (let index = 0; index < this.#inputs.length; index++) this.#inputs[index]?.close();
  }

  #open({ timer, clock, io, product, onPress, onChanged }: InputsOptions): void {
    const { inputs } = product;
    for (let input = 0; input < inputs.length; input++) {
      const definition = inputs[input]!;
      switch (definition.type) {
        case 'button':
          this.#inputs.push(new Button({ timer, io, definition, input, onPress }));
          break;
        case 'digital':
          this.#inputs.push(new Contact({ timer, clock, io, definition, onChanged }));
          break;
        case 'analog':
          this.#inputs.push(
            new AnalogInput({ timer, clock, io, definition, property: propertyOf(product, input), onChanged }),
          );
          break;
      }
    }
  }
}

/** The property that shows an input, in the finest steps where there are several. */
function propertyOf({ properties }: Product, input: number): PropertyDefinition | undefined {
  let finest: PropertyDefinition | undefined;
  for (let index = 0; index < properties.length; index++) {
    const property = properties[index]!;
    if (!('input' in property.source) || property.source.input !== input) continue;
    if (finest === undefined || (property.step ?? 0) < (finest.step ?? 0)) finest = property;
  }
  return finest;
}
