import type { SerialConstructor, SerialOptions, SerialPort } from '../../src/ports/serial.js';
import type { Timer } from '../../src/ports/timer.js';
import { ByteQueue } from '../host/byte-queue.js';

/** What a board keeps of what it has not read; the rest is lost, as a UART loses it. */
const MOST_UNREAD = 4_096;

/** The serial line of one board: the cable, which stays when the firmware starts anew. */
export class SimSerial {
  /** Bytes of the board: what its firmware writes, and its console's lines. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  #port: { receive(): void } | undefined;
  readonly #unread = new ByteQueue(MOST_UNREAD);

  /** Whoever has the cable sends bytes; where no firmware listens they are lost. */
  send(bytes: Uint8Array): void {
    if (this.#port && this.#unread.push(bytes)) this.#port.receive();
  }

  /** A line of the console goes out, its end with it. */
  print(line: string): void {
    this.onBytes?.(new TextEncoder().encode(`${line}\r\n`));
  }

  /** The port for one boot, which ends with its timer. */
  forBoot(timer: Timer): SerialConstructor {
    const line = this;
    this.#close();
    return class implements SerialPort {
      readonly #options: SerialOptions;
      #told = false;
      #closed = false;

      constructor(options: SerialOptions) {
        if (line.#port !== undefined) throw new Error('the serial port is open already');
        this.#options = options;
        line.#port = { receive: () => this.#receive() };
      }

      read(into: Uint8Array): number {
        if (this.#closed) throw new Error('serial port is closed');
        return line.#unread.read(into);
      }

      write(bytes: Uint8Array): void {
        if (this.#closed) throw new Error('serial port is closed');
        if (bytes.length > 0) line.onBytes?.(Uint8Array.from(bytes));
      }

      close(): void {
        if (this.#closed) return;
        this.#closed = true;
        line.#close();
      }

      /** Tells the firmware, once for all that comes at one instant. */
      #receive(): void {
        if (this.#told) return;
        this.#told = true;
        timer.set(() => {
          this.#told = false;
          if (!this.#closed && line.#unread.length > 0) this.#options.onReadable(line.#unread.length);
        });
      }
    };
  }

  #close(): void {
    this.#port = undefined;
    this.#unread.clear();
  }
}
