/** `embedded:io/digital` of the Linux program: prints what an output gives out; an input is high, without edges. */
export default class Digital {
  static readonly Input = 0;
  static readonly InputPullUp = 1;
  static readonly Output = 8;
  static readonly Rising = 1;
  static readonly Falling = 2;

  readonly #pin: number;
  readonly #mode: number;

  constructor(options: { pin: number; mode: number; initialValue?: 0 | 1 }) {
    this.#pin = options.pin;
    this.#mode = options.mode;
    if (options.mode === Digital.Output) this.write(options.initialValue ?? 0);
  }

  read(): 0 | 1 {
    if (this.#mode === Digital.Output) throw new Error("can't read output");
    return 1;
  }

  write(level: 0 | 1): void {
    trace(`{"pin":${this.#pin},"level":${level}}\n`);
  }

  close(): void {}
}
