import Timer from 'timer';
import type { SerialConstructor, SerialOptions, SerialPort } from '../ports/serial.js';
import type { Native } from './native.js';

/** Bytes are looked for this often, ms: in that time a line of 115,200 baud half fills the driver's buffer. */
const POLL_MS = 40;
/** Bytes that go through ESP-IDF at a time. */
const PIECE_BYTES = 128;

/** The console's line, through ESP-IDF's drivers (`esp32/serial.c`), which keep what comes until it is read. */
class XsSerial implements SerialPort {
  readonly #native: Native;
  /** What has been taken from the driver, and not been read yet. */
  readonly #received = new Uint8Array(PIECE_BYTES);
  #start = 0;
  #end = 0;
  readonly #sent = new Uint8Array(PIECE_BYTES);
  #poll: ReturnType<typeof Timer.set> | undefined;

  constructor(options: SerialOptions, native: Native) {
    this.#native = native;
    const failure = native.smartlink_serial_open();
    if (failure !== 0) throw new Error(`the serial line cannot be opened (${failure})`);
    this.#poll = Timer.repeat(() => {
      const count = this.#fill();
      if (count > 0) options.onReadable(count);
    }, POLL_MS);
  }

  read(into: Uint8Array): number {
    this.#checkOpen();
    const count = Math.min(into.length, this.#fill());
    into.set(this.#received.subarray(this.#start, this.#start + count));
    this.#start += count;
    return count;
  }

  write(bytes: Uint8Array): void {
    this.#checkOpen();
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.#sent.set(piece);
      this.#native.smartlink_serial_write(this.#sent.buffer, piece.length);
    }
  }

  close(): void {
    Timer.clear(this.#poll);
    this.#poll = undefined;
  }

  /** Takes from the driver where nothing is left; returns how much there is to read. */
  #fill(): number {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = this.#native.smartlink_serial_read(this.#received.buffer, PIECE_BYTES);
    }
    return this.#end - this.#start;
  }

  #checkOpen(): void {
    if (this.#poll === undefined) throw new Error('the serial line is closed');
  }
}

/** The line's constructor in the shape of the port. */
export function xsSerial(native: Native): SerialConstructor {
  return class extends XsSerial {
    constructor(options: SerialOptions) {
      super(options, native);
    }
  };
}
