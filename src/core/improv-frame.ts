import { improvChecksum } from './improv.js';

/** Packet types of the serial form of Improv. */
export const IMPROV_FRAME = Object.freeze({
  CURRENT_STATE: 0x01,
  ERROR_STATE: 0x02,
  COMMAND: 0x03,
  RESULT: 0x04,
});

/** `IMPROV` and the version, 1: no byte of it occurs twice, so what breaks off in it can begin anew only with its first one. */
const START = Object.freeze([0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56, 1]);
const TYPE_AT = 7;
const LENGTH_AT = 8;
const NEWLINE = 0x0a;

/** Where the data of a packet begins. */
export const IMPROV_DATA_AT = 9;
export const IMPROV_MAX_DATA = 255;
/** Most bytes of a packet that is sent: with its checksum and the newline after it. */
export const IMPROV_FRAME_BYTES = IMPROV_DATA_AT + IMPROV_MAX_DATA + 2;

/** Makes a packet around the data that stands in `frame[IMPROV_DATA_AT, end)`; returns its length, with the newline. */
export function closeImprovFrame(frame: Uint8Array, type: number, end: number): number {
  frame.set(START, 0);
  frame[TYPE_AT] = type;
  frame[LENGTH_AT] = end - IMPROV_DATA_AT;
  frame[end] = improvChecksum(frame, 0, end);
  frame[end + 1] = NEWLINE;
  return end + 2;
}

export interface ImprovFrameHandler {
  /** A packet; its data is `bytes[start, end)`, during the call. */
  onFrame(type: number, bytes: Uint8Array, start: number, end: number): void;
  /** What began like a packet had another checksum. */
  onBadChecksum(): void;
}

/**
 * Finds packets in a stream with console lines, rubbish and broken packets in it. It keeps what may be the beginning of one, at most
 * 265 bytes; where that proves not to be one, the next is looked for right after its first byte, so no whole packet is lost to a
 * broken one before it.
 */
export class ImprovFrameParser {
  readonly #handler: ImprovFrameHandler;
  /** Made with the first byte: most boards never get one. */
  #bytes: Uint8Array | undefined;
  /** What may be a packet begins here, has been looked at up to here, and is there up to here. */
  #start = 0;
  #at = 0;
  #end = 0;

  constructor(handler: ImprovFrameHandler) {
    this.#handler = handler;
  }

  /** Whether it waits for the rest of what may be a packet. */
  get isWaiting(): boolean {
    return this.#end > 0;
  }

  /** Takes the next bytes of the stream, `bytes[0, length)`. */
  push(bytes: Uint8Array, length: number): void {
    this.#bytes ??= new Uint8Array(IMPROV_DATA_AT + IMPROV_MAX_DATA + 1);
    for (let i = 0; i < length; i++) {
      if (this.#end === this.#bytes.length) this.#makeRoom();
      this.#bytes[this.#end++] = bytes[i]!;
      this.#find();
    }
  }

  /** The rest will not come: forgets the beginning of a packet; what came whole after it is still found. */
  giveUp(): void {
    while (this.isWaiting) {
      this.#miss();
      this.#find();
    }
  }

  #find(): void {
    const bytes = this.#bytes!;
    while (this.#at < this.#end) {
      const start = this.#start;
      const at = this.#at++;
      if (at < start + START.length) {
        if (bytes[at] !== START[at - start]) this.#miss();
      } else if (at >= start + IMPROV_DATA_AT && at === start + IMPROV_DATA_AT + bytes[start + LENGTH_AT]!) {
        if (bytes[at] === improvChecksum(bytes, start, at)) {
          this.#start = this.#at;
          this.#handler.onFrame(bytes[start + TYPE_AT]!, bytes, start + IMPROV_DATA_AT, at);
        } else {
          this.#miss();
          this.#handler.onBadChecksum();
        }
      }
    }
    if (this.#start === this.#end) this.#start = this.#at = this.#end = 0;
  }

  #miss(): void {
    this.#at = ++this.#start;
  }

  #makeRoom(): void {
    const start = this.#start;
    this.#bytes!.copyWithin(0, start, this.#end);
    this.#at -= start;
    this.#end -= start;
    this.#start = 0;
  }
}
