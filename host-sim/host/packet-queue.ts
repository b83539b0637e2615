/** Packets that may wait. */
const MOST_PACKETS = 8;

/** Packets that a UDP socket has and that wait to be read; one that finds the queue full is lost, as UDP loses it. */
export class PacketQueue {
  readonly #packets: Uint8Array[] = [];

  get length(): number {
    return this.#packets.length;
  }

  /** Whether there was room for it. */
  push(packet: Uint8Array): boolean {
    if (this.#packets.length === MOST_PACKETS) return false;
    this.#packets.push(packet);
    return true;
  }

  /** Takes the first packet, cut to the size of `into`; returns its bytes, 0 when there is none. */
  read(into: Uint8Array): number {
    const packet = this.#packets.shift();
    if (packet === undefined) return 0;
    const count = Math.min(into.length, packet.length);
    into.set(packet.subarray(0, count));
    return count;
  }
}
