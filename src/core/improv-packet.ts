import { IMPROV_BODY_BYTES, improvChecksum, isImprovBody } from './improv.js';

/** Most bytes of a packet of the BLE form of Improv: a body and its checksum. */
export const IMPROV_PACKET_BYTES = IMPROV_BODY_BYTES + 1;

/** What the writes up to now are. */
export type ImprovPacketState = 'part' | 'whole' | 'broken';

/** Puts the checksum behind the body in `packet[0, end)`; returns the packet's length. */
export function closeImprovPacket(packet: Uint8Array, end: number): number {
  packet[end] = improvChecksum(packet, 0, end);
  return end + 1;
}

/** Puts together a packet that comes in several writes. */
export class ImprovPacketReader {
  readonly #bytes = new Uint8Array(IMPROV_PACKET_BYTES);
  #length = 0;

  /** The body of a whole packet is `bytes[0, bodyEnd)`, until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get bodyEnd(): number {
    return this.#bytes[1]! + 2;
  }

  /** Takes a write. After `whole` and `broken` the next one begins a packet. */
  push(piece: Uint8Array): ImprovPacketState {
    const length = this.#length + piece.length;
    const bytes = this.#bytes;
    this.#length = 0;
    if (length > bytes.length) return 'broken';
    bytes.set(piece, length - piece.length);
    this.#length = length;
    if (length < 2 || length <= this.bodyEnd) return 'part';
    this.#length = 0;
    const end = length - 1;
    return isImprovBody(bytes, 0, end) && bytes[end] === improvChecksum(bytes, 0, end) ? 'whole' : 'broken';
  }

  /** Forgets a part. */
  reset(): void {
    this.#length = 0;
  }
}
