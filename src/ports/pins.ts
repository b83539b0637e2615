/** Options of a digital pin (ECMA-419 Digital). */
export interface DigitalOptions {
  pin: number;
  /** One of the constructor's mode constants. */
  mode: number;
  /** Level that an output drives from its first instant, without a glitch. */
  initialValue?: 0 | 1;
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

/** Options of a PWM pin (ECMA-419 PWM). */
export interface PwmOptions {
  pin: number;
  /** Frequency in hertz. */
  hz: number;
}

/** A PWM pin. It starts with duty 0 (no pulses). A new duty takes effect at the start of the next cycle. */
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
}
