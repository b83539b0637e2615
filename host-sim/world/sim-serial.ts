import type { SerialConstructor, SerialOptions, SerialPort } from '../../src/ports/serial.js';
import type { Timer } from '../../src/ports/timer.js';
import { ByteQueue } from '../host/byte-queue.js';

/** What a board keeps of what it has not read; the rest is lost, as a UART loses it. */
const MOST_UNREAD = 4_096;

/** The serial line of one board: the cable, which stays when the firmware starts anew. */
export class SimSerial {
  /** Bytes of the board: what its firmware writes, and its console's lines. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  #port: BoardSerial | undefined;
  /** What the firmware has not read; `undefined`: nobody has ever sent anything. */
  #unread: ByteQueue | undefined;

  /** Whoever has the cable sends bytes; where no firmware listens they are lost. */
  send(bytes: Uint8Array): void {
    if (this.#port === undefined) return;
    this.#unread ??= new ByteQueue(MOST_UNREAD);
    if (this.#unread.push(bytes)) this.#port.receive();
  }

  /** A line of the console goes out, its end with it. */
  print(line: string): void {
    this.onBytes?.(new TextEncoder().encode(`${line}\r\n`));
  }

  /** The port for one boot, which ends with its timer. */
  forBoot(timer: Timer): SerialConstructor {
    this.close();
    return BoardSerial.bind(undefined, this, timer);
  }

  /** @internal Bytes that wait for the firmware. */
  get waiting(): number {
    return this.#unread?.length ?? 0;
  }

  /** @internal */
  read(into: Uint8Array): number {
    return this.#unread?.read(into) ?? 0;
  }

  /** @internal */
  open(port: BoardSerial): void {
    if (this.#port !== undefined) throw new Error('the serial port is open already');
    this.#port = port;
  }

  /** @internal */
  close(): void {
    this.#port = undefined;
    this.#unread?.clear();
  }
}

/** The port, as one boot of the firmware has it. */
class BoardSerial implements SerialPort {
  readonly #line: SimSerial;
  readonly #timer: Timer;
  readonly #options: SerialOptions;
  #told = false;
  #closed = false;

  constructor(line: SimSerial, timer: Timer, options: SerialOptions) {
    this.#line = line;
    this.#timer = timer;
    this.#options = options;
    line.open(this);
  }

  read(into: Uint8Array): number {
    if (this.#closed) throw new Error('serial port is closed');
    return this.#line.read(into);
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) throw new Error('serial port is closed');
    if (bytes.length > 0) this.#line.onBytes?.(Uint8Array.from(bytes));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#line.close();
  }

  /** Tells the firmware, once for all that comes at one instant. */
  receive(): void {
    if (this.#told) return;
    this.#told = true;
    this.#timer.set(() => {
      this.#told = false;
      if (!this.#closed && this.#line.waiting > 0) this.#options.onReadable(this.#line.waiting);
    });
  }
}
