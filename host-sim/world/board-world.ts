import type { InputDefinition, OutputDefinition, Product } from '../../src/core/product.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Random } from '../../src/ports/random.js';
import type { Timer } from '../../src/ports/timer.js';
import type { PinBank } from '../host/pins.js';
import { SimButton } from './sim-button.js';
import { SimContact } from './sim-contact.js';
import { SimLamp } from './sim-lamp.js';
import { SimLed } from './sim-led.js';
import { SimRelay } from './sim-relay.js';
import { SimServo } from './sim-servo.js';
import { SimSource } from './sim-source.js';

export interface BoardWorldOptions {
  readonly product: Product;
  readonly pins: PinBank;
  readonly clock: Clock;
  /** The world's own: it goes on while the board has no power. */
  readonly timer: Timer;
  readonly random: Random;
}

/** What is wired to a board: on each of its outputs what that moves or lights, on each of its inputs what it senses. */
export class BoardWorld {
  /** By channel. */
  readonly outputs: readonly (SimServo | SimRelay | SimLamp)[];
  /** By their place in the product's `inputs`. */
  readonly inputs: readonly (SimButton | SimContact | SimSource)[];
  /** Its status LED; `undefined`: it has none. */
  readonly led: SimLed | undefined;

  constructor(options: BoardWorldOptions) {
    const { outputs, inputs, statusLed } = options.product;
    this.outputs = outputs.map((output) => wireOutput(output, options));
    this.inputs = inputs.map((input) => wireInput(input, options));
    this.led = statusLed && wireLed(statusLed, options);
  }

  /** The servo on a channel. @throws {TypeError} where there is none */
  servo(channel = 0): SimServo {
    return partOf(SimServo, this.outputs[channel], `servo on channel ${channel}`);
  }

  /** The relay on a channel. @throws {TypeError} where there is none */
  relay(channel = 0): SimRelay {
    return partOf(SimRelay, this.outputs[channel], `relay on channel ${channel}`);
  }

  /** The lamp on a channel. @throws {TypeError} where there is none */
  lamp(channel = 0): SimLamp {
    return partOf(SimLamp, this.outputs[channel], `lamp on channel ${channel}`);
  }

  /** The button on an input. @throws {TypeError} where there is none */
  button(input = 0): SimButton {
    return partOf(SimButton, this.inputs[input], `button on input ${input}`);
  }

  /** The contact on an input. @throws {TypeError} where there is none */
  contact(input = 0): SimContact {
    return partOf(SimContact, this.inputs[input], `contact on input ${input}`);
  }

  /** The voltage on an input. @throws {TypeError} where there is none */
  source(input = 0): SimSource {
    return partOf(SimSource, this.inputs[input], `voltage on input ${input}`);
  }
}

function wireOutput(
  output: OutputDefinition,
  { pins, clock, random }: BoardWorldOptions,
): SimServo | SimRelay | SimLamp {
  switch (output.type) {
    case 'servo': {
      const servo = new SimServo({ clock, pulseUs: output.pulseUs, startDeg: output.positionsDeg.middle });
      servo.connect(pins, output.pin);
      return servo;
    }
    case 'relay': {
      const relay = new SimRelay({ clock, random, activeLevel: output.activeLevel });
      relay.connect(pins, output.pin);
      return relay;
    }
    case 'dimmer': {
      const lamp = new SimLamp({ clock, activeLevel: output.activeLevel });
      lamp.connect(pins, output.pin);
      return lamp;
    }
  }
}

function wireInput(input: InputDefinition, options: BoardWorldOptions): SimButton | SimContact | SimSource {
  const { pins, clock, timer, random } = options;
  switch (input.type) {
    case 'button': {
      const button = new SimButton({ timer, random, activeLevel: input.activeLevel });
      button.connect(pins, input.pin);
      return button;
    }
    case 'digital': {
      const contact = new SimContact({ timer, random, activeLevel: input.activeLevel });
      contact.connect(pins, input.pin);
      return contact;
    }
    case 'analog': {
      const source = new SimSource({ clock, random });
      source.connect(pins, input.pin);
      return source;
    }
  }
}

function wireLed({ pin, activeLevel }: NonNullable<Product['statusLed']>, { pins, clock }: BoardWorldOptions): SimLed {
  const led = new SimLed({ clock, activeLevel });
  led.connect(pins, pin);
  return led;
}

function partOf<T>(Part: abstract new (...options: never[]) => T, part: unknown, what: string): T {
  if (!(part instanceof Part)) throw new TypeError(`this board has no ${what}`);
  return part;
}
