import FFI from 'mc/ffi';

/** The C functions that the adapters call (`manifest.json`, `ffi`; those of our own are in `esp32/native.c`). */
export type Native = FFI;

/** One instance serves all adapters; it is made at run time, never while the image is linked. */
export function createNative(): Native {
  return new FFI();
}
