/** `embedded:io/pwm` of the Linux program: prints each duty. */
export default class PWM {
  readonly hz: number;
  readonly resolution: number;
  readonly #pin: number;

  constructor(options: { pin: number; hz: number; resolution: number }) {
    this.#pin = options.pin;
    this.hz = options.hz;
    this.resolution = options.resolution;
  }

  write(duty: number): void {
    if (duty < 0 || duty >= 2 ** this.resolution) throw new RangeError('invalid value');
    trace(`{"pin":${this.#pin},"duty":${duty}}\n`);
  }

  close(): void {}
}
