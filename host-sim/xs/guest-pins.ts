import type { Analog, AnalogOptions, Digital, DigitalOptions, Pins, Pwm, PwmOptions } from '../../src/ports/pins.js';
import type { Outgoing } from './guest-wire.js';
import { Act, type BootParameters } from './protocol.js';

/** An input that is open: the host keeps its level up to date and tells of its edges. */
interface GuestInput {
  level: number;
  onEdge(): void;
}

/**
 * The pins of the guest's Host. Opening waits for the host. Writes do not, and are checked here; reads do not either,
 * because the host sends what inputs measure ahead of every event.
 */
export class GuestPins {
  readonly io: Pins;
  /** By ids that are never used again: an edge that comes late finds nothing. */
  readonly #inputs = new Map<number, GuestInput>();
  #nextId = 1;

  constructor(out: Outgoing, modes: BootParameters['digitalModes']) {
    const digital = createDigital(out, modes, this);
    this.io = { Digital: digital, PWM: createPwm(out), Analog: createAnalog(out, this) };
  }

  /** What an input measures, ahead of an event; calls nothing. */
  set(id: number, level: number): void {
    const input = this.#inputs.get(id);
    if (input !== undefined) input.level = level;
  }

  /** The level of an input has changed. */
  edge(id: number): void {
    this.#inputs.get(id)?.onEdge();
  }

  nextId(): number {
    return this.#nextId++;
  }

  add(id: number, input: GuestInput): void {
    this.#inputs.set(id, input);
  }

  remove(id: number): void {
    this.#inputs.delete(id);
  }
}

function createDigital(out: Outgoing, modes: BootParameters['digitalModes'], inputs: GuestPins): Pins['Digital'] {
  return class GuestDigital implements Digital {
    static readonly Input = modes.Input;
    static readonly InputPullUp = modes.InputPullUp;
    static readonly Output = modes.Output;
    readonly #pin: number;
    /** 0 on an output. */
    readonly #id: number;
    readonly #options: DigitalOptions;
    level: number;
    #open = true;

    constructor(options: DigitalOptions) {
      const { pin, mode, initialValue } = options;
      this.#pin = pin;
      this.#options = options;
      if (mode === modes.Output) {
        this.#id = 0;
        this.level = initialValue ?? 0;
        out.begin(Act.digitalOpen, 24);
        out.f64(pin);
        out.f64(mode);
        out.f64(this.level);
        out.ask();
        return;
      }
      this.#id = inputs.nextId();
      out.begin(Act.inputOpen, 24);
      out.u32(this.#id);
      out.f64(pin);
      out.f64(mode);
      out.u32(options.onReadable === undefined ? 0 : 1);
      this.level = out.ask().getUint8(1);
      inputs.add(this.#id, this);
    }

    read(): 0 | 1 {
      this.#mustBeOpen();
      return this.level as 0 | 1;
    }

    write(level: 0 | 1): void {
      this.#mustBeOpen();
      if (this.#id !== 0) throw new Error(`pin ${this.#pin} is an input`);
      if (level !== 0 && level !== 1) throw new RangeError(`a digital level is 0 or 1, not ${level}`);
      tell(out, Act.digitalWrite, this.#pin);
      out.u32(level);
      this.level = level;
    }

    close(): void {
      if (!this.#open) return;
      this.#open = false;
      if (this.#id === 0) tell(out, Act.digitalClose, this.#pin);
      else {
        inputs.remove(this.#id);
        tell(out, Act.inputClose, this.#id);
      }
    }

    onEdge(): void {
      this.#options.onReadable?.();
    }

    #mustBeOpen(): void {
      if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
    }
  };
}

function createPwm(out: Outgoing): Pins['PWM'] {
  return class GuestPwm implements Pwm {
    readonly resolution: number;
    readonly hz: number;
    readonly #pin: number;
    readonly #dutyEnd: number;
    #open = true;

    constructor({ pin, hz, initialDuty, keepsDuty }: PwmOptions) {
      out.begin(Act.pwmOpen, 28);
      out.f64(pin);
      out.f64(hz);
      out.f64(initialDuty ?? 0);
      out.u32(keepsDuty === true ? 1 : 0);
      const answer = out.ask();
      this.#pin = pin;
      this.resolution = answer.getUint8(1);
      this.hz = answer.getFloat64(2);
      this.#dutyEnd = 2 ** this.resolution;
    }

    write(duty: number): void {
      if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
      if (!Number.isInteger(duty) || duty < 0 || duty >= this.#dutyEnd) throw new RangeError(`no duty ${duty}`);
      tell(out, Act.pwmWrite, this.#pin);
      out.u32(duty);
    }

    close(): void {
      if (!this.#open) return;
      this.#open = false;
      tell(out, Act.pwmClose, this.#pin);
    }
  };
}

function createAnalog(out: Outgoing, inputs: GuestPins): Pins['Analog'] {
  return class GuestAnalog implements Analog {
    readonly resolution: number;
    readonly #pin: number;
    readonly #id: number;
    level: number;
    #open = true;

    constructor({ pin }: AnalogOptions) {
      this.#pin = pin;
      this.#id = inputs.nextId();
      out.begin(Act.analogOpen, 12);
      out.u32(this.#id);
      out.f64(pin);
      const answer = out.ask();
      this.resolution = answer.getUint8(1);
      this.level = answer.getUint32(2);
      inputs.add(this.#id, this);
    }

    read(): number {
      if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
      return this.level;
    }

    close(): void {
      if (!this.#open) return;
      this.#open = false;
      inputs.remove(this.#id);
      tell(out, Act.inputClose, this.#id);
    }

    onEdge(): void {}
  };
}

/** Begins a record of at most two numbers, the first of which is this. */
function tell(out: Outgoing, opcode: number, pin: number): void {
  out.begin(opcode, 8);
  out.u32(pin);
}
