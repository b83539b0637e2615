import { BouncingSwitch, type InputTarget, type SwitchOptions } from './bouncing-switch.js';

/** The contact of a door or a window as a thing: closed while the door is, and it bounces when that moves. */
export class SimContact {
  readonly #switch: BouncingSwitch;

  /** It is open at first. */
  constructor(options: SwitchOptions) {
    this.#switch = new BouncingSwitch(options);
  }

  get closed(): boolean {
    return this.#switch.closed;
  }

  /** How often it has closed or opened, bounces included. */
  get edges(): number {
    return this.#switch.edges;
  }

  close(): void {
    this.#switch.move(true);
  }

  open(): void {
    this.#switch.move(false);
  }

  /** Its contact bounces for so long from now on (default 5), ms. */
  wear(bounceMs = 5): void {
    this.#switch.wear(bounceMs);
  }

  /** Its contact touches for some milliseconds though nobody has closed it. */
  spike(ms: number): void {
    this.#switch.spike(ms);
  }

  /** Wires it to a pin; the result takes the wire off. */
  connect(target: InputTarget, pin: number): () => void {
    return this.#switch.connect(target, pin);
  }
}
