/**
 * Follows the fixed headers of an MQTT byte stream (MQTT 3.1.1, 2.2) and tells when a packet announces more than is
 * allowed, before any of it has been buffered. Keeps no bytes.
 */
export class PacketSizeGuard {
  readonly #maxBytes: number;
  /** Bytes of the current packet's body still to come. */
  #bodyLeft = 0;
  #inLength = false;
  #length = 0;
  #factor = 1;

  /** @param maxBytes of a packet after its fixed header */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes of the stream; false once a packet is too large, or its length is malformed [2.2.3]. */
  accepts(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const taken = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= taken;
        at += taken;
        continue;
      }
      const byte = chunk[at]!;
      at += 1;
      if (!this.#inLength) {
        this.#inLength = true;
        this.#length = 0;
        this.#factor = 1;
        continue;
      }
      if (this.#factor > 128 ** 3) return false;
      this.#length += (byte & 127) * this.#factor;
      this.#factor *= 128;
      if (this.#length > this.#maxBytes) return false;
      if ((byte & 128) === 0) {
        this.#inLength = false;
        this.#bodyLeft = this.#length;
      }
    }
    return true;
  }
}
