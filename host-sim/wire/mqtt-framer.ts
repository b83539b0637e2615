/** Of a packet so much is kept, bytes. */
export const MOST_KEPT = 4_096;
/** The first byte, and up to four of the remaining length (MQTT 3.1.1, 2.2). */
const LONGEST_HEADER = 5;

/** Takes a packet: what is kept of it, good until the call returns, and its size in bytes. */
export type OnPacket = (kept: Uint8Array, bytes: number) => void;

/** Finds the packets in one direction of an MQTT connection, by their fixed headers alone. */
export class MqttFramer {
  readonly #onPacket: OnPacket;
  /** The beginning of a packet that has not come whole. */
  #begun: Uint8Array | undefined;
  #begunLength = 0;
  /** Bytes of it that are still to come; unknown until its header is whole. */
  #left: number | undefined;
  #bytes = 0;
  #broken = false;

  constructor(onPacket: OnPacket) {
    this.#onPacket = onPacket;
  }

  /** The next bytes, in any pieces. After a length that is none nothing is found any more. */
  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#broken) {
      if (this.#begun === undefined) {
        const size = sizeOf(bytes.subarray(at, at + LONGEST_HEADER));
        if (size === 'broken') this.#broken = true;
        else if (size !== 'short' && at + size <= bytes.length) {
          this.#onPacket(bytes.subarray(at, at + Math.min(size, MOST_KEPT)), size);
          at += size;
        } else this.#begin(size === 'short' ? undefined : size);
      } else if (this.#left === undefined) {
        this.#begun[this.#begunLength++] = bytes[at++]!;
        const size = sizeOf(this.#begun.subarray(0, this.#begunLength));
        if (size === 'broken') this.#broken = true;
        else if (size !== 'short') this.#grow(size);
      } else at = this.#go(this.#begun, this.#left, bytes, at);
    }
  }

  #begin(size: number | undefined): void {
    this.#begun = new Uint8Array(size === undefined ? LONGEST_HEADER : Math.min(size, MOST_KEPT));
    this.#begunLength = 0;
    this.#left = size;
    this.#bytes = size ?? 0;
  }

  /** Its header is whole. */
  #grow(size: number): void {
    const header = this.#begun!.subarray(0, this.#begunLength);
    this.#begun = new Uint8Array(Math.min(size, MOST_KEPT));
    this.#begun.set(header);
    this.#bytes = size;
    this.#left = size - header.length;
    if (this.#left === 0) this.#end();
  }

  #go(begun: Uint8Array, left: number, bytes: Uint8Array, at: number): number {
    const piece = bytes.subarray(at, at + left);
    const kept = piece.subarray(0, begun.length - this.#begunLength);
    begun.set(kept, this.#begunLength);
    this.#begunLength += kept.length;
    this.#left = left - piece.length;
    if (this.#left === 0) this.#end();
    return at + piece.length;
  }

  #end(): void {
    const begun = this.#begun!;
    this.#begun = undefined;
    this.#onPacket(begun, this.#bytes);
  }
}

/** Where the body of a packet begins; the header is whole. */
export function bodyStart(packet: Uint8Array): number {
  let at = 1;
  while (at < LONGEST_HEADER && packet[at]! >= 128) at++;
  return at + 1;
}

/** Bytes of a packet that begins so; `short`: it does not say yet. */
function sizeOf(header: Uint8Array): number | 'short' | 'broken' {
  let length = 0;
  for (let at = 1; at < LONGEST_HEADER; at++) {
    if (at >= header.length) return 'short';
    const byte = header[at]!;
    length += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return at + 1 + length;
  }
  return 'broken';
}
