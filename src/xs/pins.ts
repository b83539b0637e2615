import SdkAnalog from 'embedded:io/analog';
import SdkDigital from 'embedded:io/digital';
import SdkPwm from 'embedded:io/pwm';
import { dutyOf } from '../core/duty.js';
import type { Analog, AnalogOptions, Digital, DigitalOptions, Pins, Pwm, PwmOptions } from '../ports/pins.js';

/** The SDK's digital pin; an output remembers its level, because the SDK's cannot be read. */
class XsDigital implements Digital {
  static readonly Input = SdkDigital.Input;
  static readonly InputPullUp = SdkDigital.InputPullUp;
  static readonly Output = SdkDigital.Output;

  readonly #pin: SdkDigital;
  /** `undefined` on an input. */
  #level: 0 | 1 | undefined;
  #closed = false;

  constructor(options: DigitalOptions) {
    const { pin, mode, initialValue = 0 } = options;
    if (mode === SdkDigital.Output) {
      // The SDK sets the level before it makes the pin an output: no glitch.
      this.#pin = new SdkDigital({ pin, mode, initialValue });
      this.#level = initialValue;
    } else this.#pin = options.onReadable === undefined ? new SdkDigital({ pin, mode }) : this.#listen(options);
  }

  /** An input that calls back. The SDK counts edges in an interrupt and calls from its queue, once for those of a moment. */
  #listen(options: DigitalOptions): SdkDigital {
    return new SdkDigital({
      pin: options.pin,
      mode: options.mode,
      edge: SdkDigital.Rising | SdkDigital.Falling,
      onReadable: () => {
        if (!this.#closed) options.onReadable?.();
      },
    });
  }

  read(): 0 | 1 {
    this.#checkOpen();
    return this.#level ?? this.#pin.read();
  }

  write(level: 0 | 1): void {
    this.#checkOpen();
    this.#pin.write(level);
    this.#level = level;
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('pin is closed');
  }

  /** An input is let go. An output goes on giving its level, which the SDK's `close` would not: a relay holds until the restart. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#level === undefined) this.#pin.close();
  }
}

/** Most bits of a duty on every ESP32 (LEDC). */
const MAX_BITS = 14;
/** Fewest that the SDK takes. */
const MIN_BITS = 8;
/** Half of the LEDC's 80 MHz clock: the divider stays 2 or more. */
const MAX_TICKS_PER_S = 40_000_000;

/** The finest duty that a frequency leaves. At a servo's 50 Hz one step is 1.2 µs. */
function bitsFor(hz: number): number {
  let bits = MAX_BITS;
  while (bits > MIN_BITS && hz * 2 ** bits > MAX_TICKS_PER_S) bits--;
  return bits;
}

/**
 * A channel of the LEDC, which takes a new duty over at the end of a cycle. The SDK opens it with duty 0 and has no option
 * for another (modules/io/pwm/esp32), so the first duty is written at once behind that: before it the pin is low for one
 * cycle at most, 1 ms at a lamp's 1 kHz.
 */
class XsPwm implements Pwm {
  readonly #pwm: SdkPwm;
  readonly #keepsDuty: boolean;
  #closed = false;

  constructor(options: PwmOptions) {
    const { pin, hz, initialDuty = 0 } = options;
    if (!(initialDuty >= 0 && initialDuty <= 1)) throw new RangeError(`an initial duty is 0 to 1, not ${initialDuty}`);
    this.#keepsDuty = options.keepsDuty ?? false;
    this.#pwm = new SdkPwm({ pin, hz, resolution: bitsFor(hz) });
    if (initialDuty > 0) this.#pwm.write(dutyOf(initialDuty, 2 ** this.#pwm.resolution - 1));
  }

  get hz(): number {
    return this.#pwm.hz;
  }

  get resolution(): number {
    return this.#pwm.resolution;
  }

  write(duty: number): void {
    if (this.#closed) throw new Error('pin is closed');
    this.#pwm.write(duty);
  }

  /** With `keepsDuty` the channel is left running: the SDK's `close` would stop it in the middle of a cycle. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#keepsDuty) this.#pwm.close();
  }
}

/** A channel of the converter, calibrated by the SDK; its highest reading stands for 2.45 V. */
class XsAnalog implements Analog {
  readonly #pin: SdkAnalog;
  /** Stands in for a reading that the converter does not give. */
  #last = 0;
  #closed = false;

  constructor(options: AnalogOptions) {
    this.#pin = new SdkAnalog({ pin: options.pin });
  }

  read(): number {
    if (this.#closed) throw new Error('pin is closed');
    this.#last = this.#pin.read() ?? this.#last;
    return this.#last;
  }

  get resolution(): number {
    return this.#pin.resolution;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pin.close();
  }
}

export const xsPins: Pins = Object.freeze({ Digital: XsDigital, PWM: XsPwm, Analog: XsAnalog });
