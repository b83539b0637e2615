import type { Clock } from '../../src/ports/clock.js';
import type { AnalogConstructor, DigitalConstructor, Pins, PwmConstructor } from '../../src/ports/pins.js';
import type { Timer } from '../../src/ports/timer.js';
import { BankAnalog, BankDigital, BankPwm, DIGITAL_MODES } from './bank-pins.js';
import {
  type AnalogLevel,
  CLOSED,
  type Line,
  type LineHolder,
  type PinBoot,
  type PinChangeKind,
  unplugged,
} from './pin-line.js';

export type { AnalogLevel, PinChangeKind } from './pin-line.js';

/** Told of every change of what a pin gives out, at the instant of it. */
export type PinListener = (pin: number, kind: PinChangeKind, value: number, atMs: number) => void;

const HIGHEST_PIN = 48;
const MOST_LISTENERS = 64;

/**
 * The pins of a simulated board: what a chip's pins do, and from the outside what is on them. One bank is one board's
 * hardware: it outlives a restart (levels stay, as they do on a chip that holds its pins), and `powerOff` is a power cut.
 */
export class PinBank implements Pins, LineHolder {
  readonly pwmResolution: number;
  readonly #clock: Clock;
  readonly #timer: Timer | undefined;
  /** Pins of the bank itself, once somebody has asked for them. */
  #own: Pins | undefined;
  readonly #lines = new Map<number, Line>();
  readonly #listeners: PinListener[] = [];
  #cutCycles = 0;
  /** Counts up whenever the chip loses its power or restarts. */
  #lives = 0;

  /**
   * `pwmResolution` is the number of bits of a duty: 14 is the most that every ESP32's LEDC has at 50 Hz, 10 the SDK's
   * default. `timer` tells of edges those who open pins of the bank itself; a boot brings its own (`forBoot`).
   */
  constructor(options: { readonly clock: Clock; readonly timer?: Timer; readonly pwmResolution?: number }) {
    this.#clock = options.clock;
    this.pwmResolution = options.pwmResolution ?? 14;
    this.#timer = options.timer;
  }

  get Digital(): DigitalConstructor {
    return this.#pins.Digital;
  }

  get PWM(): PwmConstructor {
    return this.#pins.PWM;
  }

  get Analog(): AnalogConstructor {
    return this.#pins.Analog;
  }

  /**
   * The pins as one boot of the firmware has them: it hears of edges by `timer`, the one that ends and crashes with it. Once the
   * chip has lost its power or restarted, it opens no more of them.
   */
  forBoot(timer: Timer): Pins {
    const life = this.#lives;
    const mustLive = (): void => {
      if (this.#lives !== life) throw new Error('the boot that these pins were for is over');
    };
    return pinsOf({ bank: this, timer, mustLive });
  }

  get #pins(): Pins {
    this.#own ??= pinsOf({ bank: this, timer: this.#timer, mustLive: () => {} });
    return this.#own;
  }

  /** How often a PWM pin was closed in the middle of a cycle; a servo jumps then. */
  get cutCycles(): number {
    return this.#cutCycles;
  }

  /** Level on a pin: what is driven, or what the world gives; `undefined` when nothing does. */
  level(pin: number): 0 | 1 | undefined {
    const line = this.#lines.get(pin);
    if (!line) return undefined;
    return line.kind === 'digital' ? (line.value as 0 | 1) : line.input;
  }

  /** Duty of a pin, 0 to 2^`pwmResolution` − 1; 0 where there is no PWM. */
  duty(pin: number): number {
    const line = this.#lines.get(pin);
    return line?.kind === 'pwm' ? line.value : 0;
  }

  /** Share of the time that the board drives a pin high, 0 to 1: a level or a duty; `undefined` while it does not drive it. */
  highShare(pin: number): number | undefined {
    const line = this.#lines.get(pin);
    if (!line || line.kind === 'undriven') return undefined;
    return line.kind === 'digital' ? line.value : line.value / (2 ** this.pwmResolution - 1);
  }

  /** Width of the pulses on a pin, µs; 0 when there are none. */
  pulseUs(pin: number): number {
    const line = this.#lines.get(pin);
    if (line?.kind !== 'pwm' || line.hz === 0) return 0;
    return (line.value * 1_000_000) / (line.hz * (2 ** this.pwmResolution - 1));
  }

  /**
   * Gives a level to an input from outside (a button, a wire); `undefined`: nothing connected. Firmware that has the pin
   * open hears of a change by a timer of its own, so this may be called from anywhere.
   */
  setInput(pin: number, level: 0 | 1 | undefined): void {
    const line = this.#line(pin);
    const before = line.input ?? line.idle;
    line.input = level;
    if ((level ?? line.idle) !== before) line.onEdge?.();
  }

  /**
   * Gives a voltage to an analog input, 0 to 1 of the converter's range, or what works it out; `undefined`: nothing
   * connected. @throws {RangeError} when a number is outside of that
   */
  setAnalog(pin: number, level: AnalogLevel | undefined): void {
    if (typeof level === 'number' && !(level >= 0 && level <= 1)) throw new RangeError(`no analog level ${level}`);
    this.#line(pin).analog = level;
  }

  /** Tells `listener` of every change from now on, in the order of listening; the result ends it. */
  onChange(listener: PinListener): () => void {
    if (this.#listeners.length >= MOST_LISTENERS)
      throw new RangeError(`more than ${MOST_LISTENERS} listeners on one pin bank`);
    this.#listeners.push(listener);
    return () => {
      const index = this.#listeners.indexOf(listener);
      if (index >= 0) this.#listeners.splice(index, 1);
    };
  }

  /** Power is gone: every pin is closed and gives out nothing. Objects from before lead nowhere. */
  powerOff(): void {
    this.#lives++;
    for (const [pin, line] of [...this.#lines]) {
      this.#lines.set(pin, unplugged(line));
      if (line.kind !== 'undriven') this.#tell(pin, 'undriven', 0);
    }
  }

  /**
   * The chip restarts without a word (a crash, the watchdog): PWM stops, levels stay until the pin is opened again, and
   * every pin can be opened. Objects from before lead nowhere.
   */
  reset(): void {
    this.#lives++;
    for (const [pin, line] of [...this.#lines]) {
      if (line.kind === 'pwm') {
        this.#lines.set(pin, unplugged(line));
        this.#tell(pin, 'undriven', 0);
      } else this.#lines.set(pin, { ...line, open: false, onEdge: undefined });
    }
  }

  /** @internal */
  open(pin: number): Line {
    if (!Number.isInteger(pin) || pin < 0 || pin > HIGHEST_PIN) throw new RangeError(`no pin ${pin}`);
    const line = this.#line(pin);
    if (line.open) throw new Error(`pin ${pin} is in use`);
    line.open = true;
    return line;
  }

  /** @internal Whether a pin's line is still this one: after a power cut it is not. */
  holds(pin: number, line: Line): boolean {
    return this.#lines.get(pin) === line;
  }

  /** @internal */
  change(pin: number, line: Line, kind: PinChangeKind, value: number): void {
    if (line.kind === kind && line.value === value) return;
    if (kind === 'pwm' && value === 0 && line.kind === 'pwm') line.stoppedMs = this.#clock.monotonicMs();
    line.kind = kind;
    line.value = value;
    if (this.holds(pin, line)) this.#tell(pin, kind, value);
  }

  /** @internal */
  closePwm(pin: number, line: Line, keepsDuty: boolean): void {
    const cycleMs = 1000 / line.hz;
    if (!this.holds(pin, line)) return;
    if (keepsDuty) {
      line.open = false;
      return;
    }
    if (line.value !== 0 || this.#clock.monotonicMs() - line.stoppedMs < cycleMs) this.#cutCycles++;
    this.change(pin, line, 'pwm', 0);
    line.open = false;
  }

  #line(pin: number): Line {
    let line = this.#lines.get(pin);
    if (!line) {
      line = { ...CLOSED };
      this.#lines.set(pin, line);
    }
    return line;
  }

  #tell(pin: number, kind: PinChangeKind, value: number): void {
    const atMs = this.#clock.monotonicMs();
    for (const listener of this.#listeners.slice()) listener(pin, kind, value, atMs);
  }
}

/** Classes of their own would cost more than the pins of a board. */
function pinsOf(boot: PinBoot): Pins {
  return {
    Digital: Object.assign(BankDigital.bind(undefined, boot), DIGITAL_MODES),
    PWM: BankPwm.bind(undefined, boot),
    Analog: BankAnalog.bind(undefined, boot),
  };
}
