import type { UdpOptions, UdpPeer } from '../../src/ports/socket.js';

/** Packets that may wait. */
const MOST_PACKETS = 8;

/** The half of a UDP socket that waits: it keeps packets until they are read; one that finds no room is lost, as UDP loses it. */
export abstract class PacketQueue {
  readonly #onReadable: UdpOptions['onReadable'];
  readonly #packets: { readonly bytes: Uint8Array; readonly from: UdpPeer }[] = [];
  #peer: UdpPeer | undefined;
  #closed = false;

  constructor({ onReadable }: UdpOptions) {
    this.#onReadable = onReadable;
  }

  /** Takes the first packet, cut to the size of `into`; returns its bytes, 0 when there is none. */
  read(into: Uint8Array): number {
    this.mustBeOpen();
    const packet = this.#packets.shift();
    if (packet === undefined) return 0;
    this.#peer = packet.from;
    const count = Math.min(into.length, packet.bytes.length);
    into.set(packet.bytes.subarray(0, count));
    return count;
  }

  /** Who sent the packet that was read last. */
  get peer(): UdpPeer | undefined {
    return this.#peer;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose();
  }

  protected get isClosed(): boolean {
    return this.#closed;
  }

  /** @throws {Error} when it is closed */
  protected mustBeOpen(): void {
    if (this.#closed) throw new Error('socket is closed');
  }

  /** A packet has come; `deliver` carries the news to the firmware. */
  protected arrived(bytes: Uint8Array, from: UdpPeer, deliver: (callback: () => void) => void): void {
    if (this.#closed || this.#packets.length === MOST_PACKETS) return;
    this.#packets.push({ bytes, from });
    deliver(() => this.#onReadable(this.#packets.length));
  }

  /** Called once. */
  protected abstract onClose(): void;
}
