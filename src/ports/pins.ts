/** Options of a digital pin (ECMA-419 Digital). */
export interface DigitalOptions {
  pin: number;
  /** One of the constructor's mode constants. */
  mode: number;
  /** Level that an output drives from its first instant, without a glitch. */
  initialValue?: 0 | 1;
  /** An input: its level has changed, perhaps more than once; `read` tells to what. Never called from inside a method. */
  onReadable?(): void;
}

/** A digital pin. `close()` may be called twice; anything else after it throws. */
export interface Digital {
  read(): 0 | 1;
  write(level: 0 | 1): void;
  close(): void;
}

export interface DigitalConstructor {
  new (options: DigitalOptions): Digital;
  readonly Input: number;
  readonly InputPullUp: number;
  readonly Output: number;
}

/** Options of an analog input (ECMA-419 Analog). */
export interface AnalogOptions {
  pin: number;
}

/** An analog input. */
export interface Analog {
  /** What it measures now, 0 to 2^resolution − 1. */
  read(): number;
  /** Bits of a reading. */
  readonly resolution: number;
  close(): void;
}

export interface AnalogConstructor {
  new (options: AnalogOptions): Analog;
}

/** Options of a PWM pin (ECMA-419 PWM). */
export interface PwmOptions {
  pin: number;
  /** Frequency in hertz. */
  hz: number;
  /**
   * Share of the time that the pin is high once the constructor returns, 0 (default: no pulses) to 1; the duty is `dutyOf`
   * it. A simulated board gives it from the first instant, and a duty that `keepsDuty` left stays without a break where it is
   * the same. An ESP32's LEDC may give 0 for one cycle before it.
   */
  initialDuty?: number;
  /**
   * What `close` leaves on the pin: its last duty, as a digital output leaves its level (a lamp stays lit through a
   * restart); absent or false: nothing, the pulses stop at once.
   */
  keepsDuty?: boolean;
}

/** A PWM pin. A new duty takes effect at the start of the next cycle. */
export interface Pwm {
  /** Duty, 0 (no pulse) to 2^resolution − 1 (always on). */
  write(duty: number): void;
  /** Bits of a duty. */
  readonly resolution: number;
  readonly hz: number;
  close(): void;
}

export interface PwmConstructor {
  new (options: PwmOptions): Pwm;
}

/** The pins of a board. Opening a pin that is open already throws. */
export interface Pins {
  readonly Digital: DigitalConstructor;
  readonly PWM: PwmConstructor;
  readonly Analog: AnalogConstructor;
}
