import type { Digital, DigitalOptions, Pins, Pwm, PwmOptions } from '../../src/ports/pins.js';
import type { Outgoing } from './guest-wire.js';
import { Act, type BootParameters } from './protocol.js';

/** The pins of the guest's Host. Opening and reading wait for the host; writes do not, and are checked here. */
export function createGuestPins(out: Outgoing, modes: BootParameters['digitalModes']): Pins {
  const tell = (opcode: number, pin: number): void => {
    out.begin(opcode, 8);
    out.u32(pin);
  };

  class GuestDigital implements Digital {
    static readonly Input = modes.Input;
    static readonly InputPullUp = modes.InputPullUp;
    static readonly Output = modes.Output;
    readonly #pin: number;
    readonly #isOutput: boolean;
    #open = true;

    constructor({ pin, mode, initialValue }: DigitalOptions) {
      out.begin(Act.digitalOpen, 24);
      out.f64(pin);
      out.f64(mode);
      out.f64(initialValue ?? -1);
      out.ask();
      this.#pin = pin;
      this.#isOutput = mode === modes.Output;
    }

    read(): 0 | 1 {
      this.#mustBeOpen();
      tell(Act.digitalRead, this.#pin);
      return out.ask().getUint8(1) as 0 | 1;
    }

    write(level: 0 | 1): void {
      this.#mustBeOpen();
      if (!this.#isOutput) throw new Error(`pin ${this.#pin} is an input`);
      if (level !== 0 && level !== 1) throw new RangeError(`a digital level is 0 or 1, not ${level}`);
      tell(Act.digitalWrite, this.#pin);
      out.u32(level);
    }

    close(): void {
      if (!this.#open) return;
      this.#open = false;
      tell(Act.digitalClose, this.#pin);
    }

    #mustBeOpen(): void {
      if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
    }
  }

  class GuestPwm implements Pwm {
    readonly resolution: number;
    readonly hz: number;
    readonly #pin: number;
    readonly #dutyEnd: number;
    #open = true;

    constructor({ pin, hz }: PwmOptions) {
      out.begin(Act.pwmOpen, 16);
      out.f64(pin);
      out.f64(hz);
      const answer = out.ask();
      this.#pin = pin;
      this.resolution = answer.getUint8(1);
      this.hz = answer.getFloat64(2);
      this.#dutyEnd = 2 ** this.resolution;
    }

    write(duty: number): void {
      if (!this.#open) throw new Error(`pin ${this.#pin} is closed`);
      if (!Number.isInteger(duty) || duty < 0 || duty >= this.#dutyEnd) throw new RangeError(`no duty ${duty}`);
      tell(Act.pwmWrite, this.#pin);
      out.u32(duty);
    }

    close(): void {
      if (!this.#open) return;
      this.#open = false;
      tell(Act.pwmClose, this.#pin);
    }
  }

  return { Digital: GuestDigital, PWM: GuestPwm };
}
