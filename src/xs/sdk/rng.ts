import FFI from 'mc/ffi';

/**
 * Stands in for the SDK's module of this name, which draws 16 bytes from the chip after each boot and makes the rest of them by
 * RC4, begun anew for each request: what a server is shown as random would say much about the keys.
 */
const rng = Object.freeze({
  /** Random bytes of the chip (ESP-IDF, Random Number Generation). */
  get(count: number): ArrayBuffer {
    const chip = new FFI();
    const bytes = new Uint8Array(count);
    for (let at = 0, word = 0; at < count; at++, word >>>= 8) {
      if (at % 4 === 0) word = chip.esp_random();
      bytes[at] = word;
    }
    return bytes.buffer;
  },
});

export default rng;
