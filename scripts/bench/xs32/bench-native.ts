/** The functions of `bench.c`, as the module `bench-native`; `native` binds a name to its C function when the image is linked. */

/** Milliseconds of the main loop's time. */
export function now(this: void): unknown {
  return native('xs_bench_now').call(this);
}

/** Prints the engine's counters as a line of JSON. */
export function report(this: void, label: string): unknown {
  return native('xs_bench_report').call(this, label);
}

/** Collects garbage and prints what lives as a line of JSON. */
export function live(this: void, label: string): unknown {
  return native('xs_bench_live').call(this, label);
}

/** Notes what was taken from the heap since the last call; `samples` prints the medians. */
export function sample(this: void): unknown {
  return native('xs_bench_sample').call(this);
}

export function samples(this: void): unknown {
  return native('xs_bench_samples').call(this);
}

export function slotErase(this: void, at: number, length: number): unknown {
  return native('xs_bench_slotErase').call(this, at, length);
}

export function slotWrite(this: void, from: ArrayBufferLike, at: number, offset: number, length: number): unknown {
  return native('xs_bench_slotWrite').call(this, from, at, offset, length);
}

export function slotRead(this: void, into: ArrayBufferLike, at: number, offset: number, length: number): unknown {
  return native('xs_bench_slotRead').call(this, into, at, offset, length);
}
