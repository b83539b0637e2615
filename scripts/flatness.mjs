// Whether what a process keeps stays where it is while connections are cut.

/**
 * What one cut connection may leave for good, bytes: half of the smallest leak that is to be found. A connection that nobody lets go of
 * holds its socket at least, which is 1 KB (docs/adr/0017).
 */
const MOST_A_CUT = 512;
/** V8 takes memory by pages of so much, bytes: one more is no growth. */
const PAGE_BYTES = 262_144;
/** With these in its environment, glibc keeps so many arenas, and leaves no more than that free at the end of each. */
const ARENAS = 8;
const ARENA_TOP_BYTES = 131_072;
export const ALLOCATOR = Object.freeze({ MALLOC_ARENA_MAX: `${ARENAS}`, MALLOC_TRIM_THRESHOLD_: `${ARENA_TOP_BYTES}` });
/** Of a line's rise, so many standard errors must fit below what is allowed: who measures little or badly is not told that all is well. */
const SURE = 2;
/** Fewer samples tell nothing of how they scatter. */
const LEAST_SAMPLES = 8;

/** What the heap may rise by while so many connections are cut, bytes. */
export function heapMay(cuts) {
  return MOST_A_CUT * cuts + PAGE_BYTES;
}

/** And what the process may: as much, and what its allocator may leave unused. */
export function processMay(cuts) {
  return heapMay(cuts) + ARENAS * ARENA_TOP_BYTES;
}

/** The line through samples that is nearest to all of them (least squares): what it rises by, over all their time, that rise's standard error, and their mean. */
export function lineThrough(samples) {
  const mean = (read) => samples.reduce((sum, sample) => sum + read(sample), 0) / samples.length;
  const meanAt = mean(({ atS }) => atS);
  const meanValue = mean(({ value }) => value);
  let products = 0;
  let squares = 0;
  for (const { atS, value } of samples) {
    products += (atS - meanAt) * (value - meanValue);
    squares += (atS - meanAt) ** 2;
  }
  const perS = squares === 0 ? 0 : products / squares;
  const off = samples.reduce((sum, { atS, value }) => sum + (value - meanValue - perS * (atS - meanAt)) ** 2, 0);
  const errorPerS = squares === 0 ? 0 : Math.sqrt(off / Math.max(1, samples.length - 2) / squares);
  const spanS = samples.at(-1).atS - samples[0].atS;
  return { perS, mean: meanValue, rise: perS * spanS, error: errorPerS * spanS };
}

/** Whether memory rises by no more than `most` bytes, in a sentence; samples: `{atS, value}`, bytes. */
export function judgeMemory(samples, most) {
  if (samples.length < LEAST_SAMPLES) {
    return { isFlat: false, sentence: `${samples.length} samples are too few to judge` };
  }
  const { rise, error, mean } = lineThrough(samples);
  const mebibytes = (bytes) => (bytes / 1_048_576).toFixed(2);
  const doubt = Math.abs(most - rise) < SURE * error ? ': it scatters too much to tell' : '';
  const sentence = `${mebibytes(mean)} MiB, ${rise < 0 ? '' : '+'}${mebibytes(rise)} MiB ± ${mebibytes(SURE * error)} (allowed: ${mebibytes(most)})${doubt}`;
  return { isFlat: rise + SURE * error <= most, sentence };
}
