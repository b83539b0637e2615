import { dutyOf } from '../../src/core/duty.js';
import type { Analog, AnalogOptions, Digital, DigitalOptions, Pwm, PwmOptions } from '../../src/ports/pins.js';
import type { Timer, TimerHandle } from '../../src/ports/timer.js';
import type { Line, LineHolder, PinBoot } from './pin-line.js';

const INPUT = 0;
const INPUT_PULL_UP = 1;
const OUTPUT = 8;

/** What the constructor of a digital pin has beside itself. */
export const DIGITAL_MODES = Object.freeze({ Input: INPUT, InputPullUp: INPUT_PULL_UP, Output: OUTPUT });

/** Bits of an analog reading: what an ESP32's converter has. */
const ANALOG_BITS = 12;

/** A digital pin of a bank. The boot's timer carries the edges of an input to the firmware, so that none comes from inside a method. */
export class BankDigital implements Digital {
  readonly #bank: LineHolder;
  readonly #timer: Timer | undefined;
  readonly #pin: number;
  readonly #isOutput: boolean;
  readonly #line: Line;
  /** Edges that the firmware is about to hear of, however many. */
  #pending: TimerHandle | undefined;
  #open = true;

  constructor(boot: PinBoot, options: DigitalOptions) {
    boot.mustLive();
    const { bank, timer } = boot;
    const { pin, mode, initialValue } = options;
    if (mode !== INPUT && mode !== INPUT_PULL_UP && mode !== OUTPUT) throw new RangeError(`no digital mode ${mode}`);
    if (initialValue !== undefined) mustBeLevel(initialValue);
    this.#isOutput = mode === OUTPUT;
    const listens = !this.#isOutput && options.onReadable !== undefined;
    if (listens && timer === undefined) throw new Error('this bank of pins has no timer to tell of edges with');
    this.#bank = bank;
    this.#timer = timer;
    this.#pin = pin;
    this.#line = bank.open(pin);
    if (this.#isOutput) {
      bank.change(pin, this.#line, 'digital', initialValue ?? 0);
      return;
    }
    this.#line.idle = mode === INPUT_PULL_UP ? 1 : 0;
    if (listens) this.#line.onEdge = () => this.#edge(options);
    bank.change(pin, this.#line, 'undriven', 0);
  }

  read(): 0 | 1 {
    this.#mustBeOpen();
    return this.#isOutput ? (this.#line.value as 0 | 1) : (this.#line.input ?? this.#line.idle);
  }

  write(level: 0 | 1): void {
    this.#mustBeOpen();
    if (!this.#isOutput) throw new Error(`pin ${this.#pin} is an input`);
    mustBeLevel(level);
    this.#bank.change(this.#pin, this.#line, 'digital', level);
  }

  /** An output keeps its level, so that it comes through a restart. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#timer?.clear(this.#pending);
    this.#line.open = false;
    this.#line.onEdge = undefined;
  }

  #edge(options: DigitalOptions): void {
    this.#pending ??= this.#timer!.set(() => {
      this.#pending = undefined;
      // A power cut has taken the pin away meanwhile, or the firmware has closed it.
      if (this.#open && this.#bank.holds(this.#pin, this.#line)) options.onReadable?.();
    });
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
  }
}

/** A PWM pin of a bank. */
export class BankPwm implements Pwm {
  readonly resolution: number;
  readonly hz: number;
  readonly #bank: LineHolder;
  readonly #pin: number;
  readonly #line: Line;
  readonly #keepsDuty: boolean;
  #open = true;

  constructor(boot: PinBoot, options: PwmOptions) {
    boot.mustLive();
    const { bank } = boot;
    const { pin, hz, keepsDuty, initialDuty = 0 } = options;
    if (!(hz > 0 && hz <= 40_000_000)) throw new RangeError(`no PWM of ${hz} Hz`);
    if (!(initialDuty >= 0 && initialDuty <= 1)) throw new RangeError(`an initial duty is 0 to 1, not ${initialDuty}`);
    this.#bank = bank;
    this.#pin = pin;
    this.#keepsDuty = keepsDuty ?? false;
    this.hz = hz;
    this.resolution = bank.pwmResolution;
    this.#line = bank.open(pin);
    this.#line.hz = hz;
    bank.change(pin, this.#line, 'pwm', dutyOf(initialDuty, 2 ** this.resolution - 1));
  }

  write(duty: number): void {
    if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
    if (!Number.isInteger(duty) || duty < 0 || duty >= 2 ** this.resolution) throw new RangeError(`no duty ${duty}`);
    this.#bank.change(this.#pin, this.#line, 'pwm', duty);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#bank.closePwm(this.#pin, this.#line, this.#keepsDuty);
  }
}

/** An analog input of a bank. */
export class BankAnalog implements Analog {
  readonly resolution = ANALOG_BITS;
  readonly #pin: number;
  readonly #line: Line;
  #open = true;

  constructor(boot: PinBoot, options: AnalogOptions) {
    boot.mustLive();
    const { bank } = boot;
    this.#pin = options.pin;
    this.#line = bank.open(options.pin);
    bank.change(options.pin, this.#line, 'undriven', 0);
  }

  /** A pin that nothing is connected to reads 0. */
  read(): number {
    if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
    const { analog } = this.#line;
    const fraction = typeof analog === 'function' ? analog() : (analog ?? 0);
    // Beyond the converter's range there is only its end.
    return Math.round(Math.min(1, Math.max(0, fraction)) * (2 ** ANALOG_BITS - 1));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#line.open = false;
  }
}

function mustBeLevel(level: number): void {
  if (level !== 0 && level !== 1) throw new RangeError(`a digital level is 0 or 1, not ${level}`);
}
