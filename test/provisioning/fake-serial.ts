import type { SerialConstructor, SerialOptions } from '../../src/ports/serial.js';

/** A serial line; what the board sends is kept, as is what it has not read. */
export class FakeSerial {
  readonly Serial: SerialConstructor;
  sent: number[] = [];
  onSent: (bytes: Uint8Array) => void = () => {};
  isOpen = false;
  #unread: number[] = [];
  #options: SerialOptions | undefined;

  constructor() {
    const line = this;
    this.Serial = class {
      constructor(options: SerialOptions) {
        line.#options = options;
        line.isOpen = true;
      }

      read(into: Uint8Array): number {
        if (!line.isOpen) throw new Error('closed');
        const some = line.#unread.splice(0, into.length);
        into.set(some);
        return some.length;
      }

      write(bytes: Uint8Array): void {
        if (!line.isOpen) throw new Error('closed');
        const copy = Uint8Array.from(bytes);
        line.sent.push(...copy);
        line.onSent(copy);
      }

      close(): void {
        line.isOpen = false;
      }
    };
  }

  /** The one at the other end sends. */
  send(bytes: Iterable<number>): void {
    this.#unread.push(...bytes);
    if (this.isOpen) this.#options!.onReadable(this.#unread.length);
  }

  /** What the board has sent since this was asked last. */
  take(): Uint8Array {
    return Uint8Array.from(this.sent.splice(0));
  }
}
