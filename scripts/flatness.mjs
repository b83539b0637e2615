// Whether what was measured over time stays where it is.

/** What memory may grow by without anybody calling it growth, bytes: an allocator takes what it takes. */
const SLACK_BYTES = 8 * 1_048_576;
/** And of what it is, this share. */
const SLACK_SHARE = 0.03;

/** The line through samples that is nearest to all of them (least squares): what it rises by, over all their time, and their mean. */
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
  return { perS, mean: meanValue, rise: perS * (samples.at(-1).atS - samples[0].atS) };
}

/** Whether memory is flat, in a sentence; samples: `{atS, value}`, bytes. */
export function judgeMemory(samples) {
  if (samples.length < 3) return { isFlat: false, sentence: `${samples.length} samples are too few to judge` };
  const { rise, perS, mean } = lineThrough(samples);
  const most = Math.max(SLACK_BYTES, mean * SLACK_SHARE);
  const mebibytes = (bytes) => (bytes / 1_048_576).toFixed(1);
  const numbers = `${mebibytes(mean)} MiB, ${rise < 0 ? '' : '+'}${mebibytes(rise)} MiB over the time (${mebibytes(perS * 3_600)} MiB an hour; allowed: ${mebibytes(most)})`;
  return { isFlat: rise <= most, sentence: numbers };
}
