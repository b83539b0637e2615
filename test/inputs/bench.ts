import { PinBank } from '../../host-sim/host/pins.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { InputDefinition, Product, PropertyDefinition } from '../../src/core/product.js';
import type { Press } from '../../src/inputs/button.js';
import { Inputs } from '../../src/inputs/inputs.js';
import { productLike } from '../control/bench.js';

export const BUTTON = {
  type: 'button',
  pin: 4,
  activeLevel: 0,
  channel: 0,
  debounceMs: 30,
  doubleMs: 300,
  holdMs: 10_000,
} as const;
export const CONTACT = { type: 'digital', pin: 5, activeLevel: 0, debounceMs: 30, minIntervalMs: 1000 } as const;
export const ANALOG = {
  type: 'analog',
  pin: 34,
  scale: { min: 0, max: 100 },
  deadBand: 1,
  sampleMs: 500,
  minIntervalMs: 1000,
} as const;

/** A property that shows the analog input. */
export const HUMIDITY: PropertyDefinition = {
  key: 'humidity',
  name: { en: 'Humidity', zh: '湿度' },
  type: 'number',
  min: 0,
  max: 100,
  step: 0.1,
  writable: false,
  source: { input: 0 },
};

export interface Told {
  readonly atMs: number;
  readonly press: Press;
}

/** Inputs with their pins, and what they tell. */
export class Bench {
  readonly time = new VirtualTime();
  readonly bank = new PinBank({ clock: this.time.clock });
  readonly presses: Told[] = [];
  readonly changes: { readonly atMs: number; readonly value: boolean | number | undefined }[] = [];
  readonly inputs: Inputs;

  /** `prepare` gives the pins their first levels; `io` stands in for the pins. */
  constructor(
    definition: InputDefinition,
    options: { prepare?: (bank: PinBank) => void; property?: PropertyDefinition } = {},
  ) {
    options.prepare?.(this.bank);
    const { timer, clock } = this.time;
    const shipped = productLike('SW-SERVO-001');
    const product: Product = {
      ...shipped,
      inputs: [definition],
      properties: options.property ? [options.property] : [],
    };
    this.inputs = new Inputs({
      timer,
      clock,
      io: this.bank.forBoot(timer),
      product,
      onPress: (_input, press) => this.presses.push({ atMs: this.time.nowMs, press }),
      onChanged: () => this.changes.push({ atMs: this.time.nowMs, value: this.inputs.read(0) }),
    });
  }

  /** The button, or the contact, is closed to ground for so long, with clean edges. */
  ground(pin: number, ms: number): void {
    this.bank.setInput(pin, 0);
    this.time.advance(ms);
    this.bank.setInput(pin, undefined);
  }

  /** What was told, without the times. */
  get kinds(): string {
    return this.presses.map(({ press }) => press).join(' ');
  }
}
