import type { Clock } from '../../src/ports/clock.js';
import type {
  Digital,
  DigitalConstructor,
  DigitalOptions,
  Pins,
  Pwm,
  PwmConstructor,
  PwmOptions,
} from '../../src/ports/pins.js';

/** What a pin's new value is: a level that is driven, a duty, or nothing any more (power is gone; value 0). */
export type PinChangeKind = 'digital' | 'pwm' | 'undriven';

/** Told of every change of what a pin gives out, at the instant of it. */
export type PinListener = (pin: number, kind: PinChangeKind, value: number, atMs: number) => void;

const HIGHEST_PIN = 48;
const MOST_LISTENERS = 64;

const INPUT = 0;
const INPUT_PULL_UP = 1;
const OUTPUT = 8;

interface Line {
  open: boolean;
  kind: PinChangeKind;
  /** Level or duty that the board gives out. */
  value: number;
  /** Level that the world gives to an input. */
  input: 0 | 1 | undefined;
  hz: number;
  /** When the duty was last set to 0, after pulses. */
  stoppedMs: number;
}

const CLOSED: Readonly<Line> = {
  open: false,
  kind: 'undriven',
  value: 0,
  input: undefined,
  hz: 0,
  stoppedMs: Number.NEGATIVE_INFINITY,
};

/**
 * The pins of a simulated board: what a chip's pins do, and from the outside what is on them. One bank is one board's
 * hardware: it outlives a restart (levels stay, as they do on a chip that holds its pins), and `powerOff` is a power cut.
 */
export class PinBank implements Pins {
  readonly Digital: DigitalConstructor;
  readonly PWM: PwmConstructor;
  readonly pwmResolution: number;
  readonly #clock: Clock;
  readonly #lines = new Map<number, Line>();
  readonly #listeners: PinListener[] = [];
  #cutCycles = 0;

  /** `pwmResolution` is the number of bits of a duty: 14 is the most that every ESP32's LEDC has at 50 Hz, 10 the SDK's default. */
  constructor(options: { readonly clock: Clock; readonly pwmResolution?: number }) {
    const bank = this;
    this.#clock = options.clock;
    this.pwmResolution = options.pwmResolution ?? 14;
    this.Digital = class extends BankDigital {
      constructor(pinOptions: DigitalOptions) {
        super(bank, pinOptions);
      }
    };
    this.PWM = class extends BankPwm {
      constructor(pinOptions: PwmOptions) {
        super(bank, pinOptions);
      }
    };
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

  /** Width of the pulses on a pin, µs; 0 when there are none. */
  pulseUs(pin: number): number {
    const line = this.#lines.get(pin);
    if (line?.kind !== 'pwm' || line.hz === 0) return 0;
    return (line.value * 1_000_000) / (line.hz * (2 ** this.pwmResolution - 1));
  }

  /** Gives a level to an input from outside (a button, a wire); `undefined`: nothing connected. */
  setInput(pin: number, level: 0 | 1 | undefined): void {
    this.#line(pin).input = level;
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
    for (const [pin, line] of [...this.#lines]) {
      this.#lines.set(pin, { ...CLOSED, input: line.input });
      if (line.kind !== 'undriven') this.#tell(pin, 'undriven', 0);
    }
  }

  /**
   * The chip restarts without a word (a crash, the watchdog): PWM stops, levels stay until the pin is opened again, and
   * every pin can be opened. Objects from before lead nowhere.
   */
  reset(): void {
    for (const [pin, line] of [...this.#lines]) {
      if (line.kind === 'pwm') {
        this.#lines.set(pin, { ...CLOSED, input: line.input });
        this.#tell(pin, 'undriven', 0);
      } else this.#lines.set(pin, { ...line, open: false });
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

  /** @internal */
  change(pin: number, line: Line, kind: PinChangeKind, value: number): void {
    if (line.kind === kind && line.value === value) return;
    if (kind === 'pwm' && value === 0 && line.kind === 'pwm') line.stoppedMs = this.#clock.monotonicMs();
    line.kind = kind;
    line.value = value;
    if (this.#lines.get(pin) === line) this.#tell(pin, kind, value);
  }

  /** @internal */
  closePwm(pin: number, line: Line): void {
    const cycleMs = 1000 / line.hz;
    if (this.#lines.get(pin) !== line) return;
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

class BankDigital implements Digital {
  static readonly Input = INPUT;
  static readonly InputPullUp = INPUT_PULL_UP;
  static readonly Output = OUTPUT;
  readonly #bank: PinBank;
  readonly #pin: number;
  readonly #mode: number;
  readonly #line: Line;
  #open = true;

  constructor(bank: PinBank, options: DigitalOptions) {
    const { pin, mode, initialValue } = options;
    if (mode !== INPUT && mode !== INPUT_PULL_UP && mode !== OUTPUT) throw new RangeError(`no digital mode ${mode}`);
    if (initialValue !== undefined) mustBeLevel(initialValue);
    this.#bank = bank;
    this.#pin = pin;
    this.#mode = mode;
    this.#line = bank.open(pin);
    if (mode === OUTPUT) bank.change(pin, this.#line, 'digital', initialValue ?? 0);
    else bank.change(pin, this.#line, 'undriven', 0);
  }

  read(): 0 | 1 {
    this.#mustBeOpen();
    if (this.#mode === OUTPUT) return this.#line.value as 0 | 1;
    return this.#line.input ?? (this.#mode === INPUT_PULL_UP ? 1 : 0);
  }

  write(level: 0 | 1): void {
    this.#mustBeOpen();
    if (this.#mode !== OUTPUT) throw new Error(`pin ${this.#pin} is an input`);
    mustBeLevel(level);
    this.#bank.change(this.#pin, this.#line, 'digital', level);
  }

  /** An output keeps its level, so that it comes through a restart. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#line.open = false;
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
  }
}

class BankPwm implements Pwm {
  readonly resolution: number;
  readonly hz: number;
  readonly #bank: PinBank;
  readonly #pin: number;
  readonly #line: Line;
  #open = true;

  constructor(bank: PinBank, options: PwmOptions) {
    const { pin, hz } = options;
    if (!(hz > 0 && hz <= 40_000_000)) throw new RangeError(`no PWM of ${hz} Hz`);
    this.#bank = bank;
    this.#pin = pin;
    this.hz = hz;
    this.resolution = bank.pwmResolution;
    this.#line = bank.open(pin);
    this.#line.hz = hz;
    bank.change(pin, this.#line, 'pwm', 0);
  }

  write(duty: number): void {
    if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
    if (!Number.isInteger(duty) || duty < 0 || duty >= 2 ** this.resolution) throw new RangeError(`no duty ${duty}`);
    this.#bank.change(this.#pin, this.#line, 'pwm', duty);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#bank.closePwm(this.#pin, this.#line);
  }
}

function mustBeLevel(level: number): void {
  if (level !== 0 && level !== 1) throw new RangeError(`a digital level is 0 or 1, not ${level}`);
}
