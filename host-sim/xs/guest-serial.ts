import type { SerialOptions, SerialPort } from '../../src/ports/serial.js';
import { ByteQueue } from '../host/byte-queue.js';
import { bytesAt, type Outgoing } from './guest-wire.js';
import { Act } from './protocol.js';

/** What is kept of what the firmware does not read, bytes. */
const MOST_UNREAD = 4_096;
/** The bridge takes so much at a time, bytes. */
const MOST_WRITE = 16_384;

/** The serial line of the guest's Host, of which there is one. */
export class GuestSerial {
  readonly Serial: new (
    options: SerialOptions,
  ) => SerialPort;
  #open: { readable(bytes: Uint8Array): void } | undefined;

  constructor(out: Outgoing) {
    const line = this;
    this.Serial = class implements SerialPort {
      readonly #options: SerialOptions;
      readonly #unread = new ByteQueue(MOST_UNREAD);
      #closed = false;

      constructor(options: SerialOptions) {
        if (line.#open !== undefined) throw new Error('the serial port is open already');
        this.#options = options;
        line.#open = { readable: (bytes) => this.#readable(bytes) };
        out.begin(Act.serialOpen, 0);
      }

      read(into: Uint8Array): number {
        if (this.#closed) throw new Error('serial port is closed');
        return this.#unread.read(into);
      }

      write(bytes: Uint8Array): void {
        if (this.#closed) throw new Error('serial port is closed');
        for (let at = 0; at < bytes.length; at += MOST_WRITE) {
          const piece = bytes.subarray(at, at + MOST_WRITE);
          out.begin(Act.serialWrite, 4 + piece.length);
          out.bytes(piece);
        }
      }

      close(): void {
        if (this.#closed) return;
        this.#closed = true;
        line.#open = undefined;
        out.begin(Act.serialClose, 0);
      }

      #readable(bytes: Uint8Array): void {
        if (this.#unread.push(bytes)) this.#options.onReadable(this.#unread.length);
      }
    };
  }

  /** Bytes have come. */
  handle(message: DataView, at: number): void {
    this.#open?.readable(bytesAt(message, at));
  }
}
