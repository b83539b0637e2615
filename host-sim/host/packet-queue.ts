import type { UdpPeer } from '../../src/ports/socket.js';

/** Packets that may wait. */
const MOST_PACKETS = 8;

/** Packets that a UDP socket has and that wait to be read; one that finds the queue full is lost, as UDP loses it. */
export class PacketQueue {
  readonly #packets: { readonly bytes: Uint8Array; readonly from: UdpPeer }[] = [];
  #peer: UdpPeer | undefined;

  get length(): number {
    return this.#packets.length;
  }

  /** Who sent the packet that was read last. */
  get peer(): UdpPeer | undefined {
    return this.#peer;
  }

  /** Whether there was room for it. */
  push(bytes: Uint8Array, from: UdpPeer): boolean {
    if (this.#packets.length === MOST_PACKETS) return false;
    this.#packets.push({ bytes, from });
    return true;
  }

  /** Takes the first packet, cut to the size of `into`; returns its bytes, 0 when there is none. */
  read(into: Uint8Array): number {
    const packet = this.#packets.shift();
    if (packet === undefined) return 0;
    this.#peer = packet.from;
    const count = Math.min(into.length, packet.bytes.length);
    into.set(packet.bytes.subarray(0, count));
    return count;
  }
}
