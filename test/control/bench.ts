import { PinBank } from '../../host-sim/host/pins.js';
import { parseProduct, shippedProducts } from '../../host-sim/products/load.js';
import { SimRelay } from '../../host-sim/world/sim-relay.js';
import { SimServo } from '../../host-sim/world/sim-servo.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { Control } from '../../src/control/control.js';
import type { ControlCommand } from '../../src/core/control-command.js';
import type { Product } from '../../src/core/product.js';
import type { Timer } from '../../src/ports/timer.js';

export interface Settled {
  readonly channel: number;
  readonly value: number;
  readonly atMs: number;
}

export interface Change {
  readonly pin: number;
  readonly kind: string;
  readonly value: number;
  readonly atMs: number;
}

/** A shipped product, with its parts changed by JSON (`outputs` replaces the outputs, and so on). */
export function productLike(productKey: string, changes: Record<string, unknown> = {}): Product {
  const shipped = shippedProducts().find((product) => product.productKey === productKey);
  return parseProduct({ ...structuredClone(shipped), ...changes }, 'test.json');
}

/** Control with its pins, and what is wired to them: servos and relays; a lamp is what its pin gives. */
export class Bench {
  readonly time = new VirtualTime();
  readonly bank: PinBank;
  readonly settled: Settled[] = [];
  readonly changes: Change[] = [];
  readonly servos = new Map<number, SimServo>();
  readonly relays = new Map<number, SimRelay>();
  readonly product: Product;
  rests = 0;
  control!: Control;
  #alive = { yes: false };

  constructor(product: Product, options: BootOptions & { readonly pwmResolution?: number } = {}) {
    this.product = product;
    const { clock } = this.time;
    this.bank = new PinBank({ clock, ...(options.pwmResolution ? { pwmResolution: options.pwmResolution } : {}) });
    this.bank.onChange((pin, kind, value, atMs) => this.changes.push({ pin, kind, value, atMs }));
    product.outputs.forEach((output, channel) => {
      if (output.type === 'servo') {
        const servo = new SimServo({
          clock,
          pulseUs: output.pulseUs,
          startDeg: options.lastValues?.[channel] ?? output.positionsDeg.middle,
        });
        servo.connect(this.bank, output.pin);
        this.servos.set(channel, servo);
      } else if (output.type === 'relay') {
        const relay = new SimRelay({ clock, activeLevel: output.activeLevel });
        relay.connect(this.bank, output.pin);
        this.relays.set(channel, relay);
      }
    });
    this.boot(options);
  }

  /** Share of the time that a lamp's current flows, 0 to 1. */
  light(channel = 0): number {
    const output = this.product.outputs[channel]!;
    const share = this.bank.duty(output.pin) / (2 ** this.bank.pwmResolution - 1);
    return output.type === 'dimmer' && output.activeLevel === 0 ? 1 - share : share;
  }

  /** The firmware starts on the hardware as it is. */
  boot(options: BootOptions = {}): void {
    const alive = { yes: true };
    this.#alive = alive;
    const { timer, clock } = this.time;
    // What a dead boot has set must not go off in the next one.
    const mortal: Timer = {
      set: (callback, delayMs) => timer.set(() => alive.yes && callback(), delayMs),
      repeat: (callback, intervalMs) => timer.repeat(() => alive.yes && callback(), intervalMs),
      clear: (handle) => timer.clear(handle),
    };
    this.control = new Control({
      ...options,
      timer: mortal,
      clock,
      io: this.bank.forBoot(mortal),
      product: this.product,
      onSettled: (channel, value) => this.settled.push({ channel, value, atMs: this.time.nowMs }),
      onRest: () => this.rests++,
    });
  }

  /** Power is gone in this instant; the firmware gets no last word. */
  powerCut(): void {
    this.#alive.yes = false;
    this.bank.powerOff();
  }

  /** The firmware crashes and starts again; pins keep their levels until it opens them. */
  crash(options: BootOptions = {}): void {
    this.#alive.yes = false;
    this.bank.reset();
    this.boot(options);
  }

  /** Stops cleanly, and gives what would be stored. */
  async stop(): Promise<number[]> {
    const closed = this.control.close();
    this.time.advance(3000);
    await closed;
    return this.control.restValues();
  }

  tell(command: ControlCommand): void {
    const refusal = this.control.apply(command);
    if (refusal) throw new Error(`refused: ${refusal.message}`);
  }

  /** Lets time pass in steps of 1 ms and looks after each. */
  watch(ms: number, look: () => void): void {
    for (let step = 0; step < ms; step++) {
      this.time.advance(1);
      look();
    }
  }

  rest(): void {
    this.time.runUntil(() => !this.control.busy);
  }
}

export interface BootOptions {
  readonly lastValues?: readonly (number | undefined)[];
  readonly keepState?: boolean;
  readonly safeMode?: boolean;
}
