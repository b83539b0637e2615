import { describe, expect, it } from 'vitest';
import { heapMay, judgeMemory, lineThrough, processMay } from '../../scripts/flatness.mjs';
import { Program } from '../support/program.js';
import { SAMPLES } from './soak-samples.js';

const KIBIBYTE = 1_024;
const MEBIBYTE = 1_048_576;
const EVERY_S = 10;

describe('memory over time', () => {
  const samples = (value: (atS: number) => number, count = 40) =>
    Array.from({ length: count }, (_, index) => ({ atS: index * EVERY_S, value: value(index * EVERY_S) }));

  it('is flat where it only goes up and down', () => {
    expect(
      judgeMemory(
        samples((atS) => 200 * MEBIBYTE + (atS % 30) * 1_000),
        MEBIBYTE,
      ).isFlat,
    ).toBe(true);
  });

  it('is not where it rises, however little at a time', () => {
    const rising = (atS: number): number => 200 * MEBIBYTE + (atS % 30) * 1_000 + atS * 4_000;
    expect(judgeMemory(samples(rising), MEBIBYTE).isFlat).toBe(false);
  });

  it('is not told to be flat where it scatters by more than what is allowed', () => {
    const { isFlat, sentence } = judgeMemory(
      samples((atS) => 200 * MEBIBYTE + (atS % 20) * 2_000_000),
      MEBIBYTE,
    );
    expect(isFlat).toBe(false);
    expect(sentence).toMatch(/it scatters too much to tell$/);
  });

  it('cannot be judged by a few samples', () => {
    expect(
      judgeMemory(
        samples(() => MEBIBYTE, 7),
        MEBIBYTE,
      ),
    ).toEqual({ isFlat: false, sentence: '7 samples are too few to judge' });
  });

  it('rises as the line that is nearest to all', () => {
    expect(lineThrough(samples((atS) => 7 + 3 * atS))).toEqual({ perS: 3, mean: 592, rise: 1_170, error: 0 });
  });
});

describe('what was sampled of 2,000 boards whose connections are cut', () => {
  const cuts = SAMPLES.at(-1)![1] - SAMPLES[0]![1];
  const HEAP = 2;
  const RSS = 3;
  const leaking = (what: typeof HEAP | typeof RSS, bytesACut: number) =>
    SAMPLES.map((sample) => ({ atS: sample[0], value: sample[what] * KIBIBYTE + sample[1] * bytesACut }));

  it('is flat', () => {
    expect(judgeMemory(leaking(HEAP, 0), heapMay(cuts))).toMatchObject({ isFlat: true });
    expect(judgeMemory(leaking(RSS, 0), processMay(cuts))).toMatchObject({ isFlat: true });
  });

  it('is not with 1 KB that each cut connection leaves on the heap, or anywhere in the process', () => {
    expect(judgeMemory(leaking(HEAP, KIBIBYTE), heapMay(cuts))).toMatchObject({ isFlat: false });
    expect(judgeMemory(leaking(RSS, KIBIBYTE), processMay(cuts))).toMatchObject({ isFlat: false });
  });
});

describe('the soak', () => {
  it('starts a cloud, keeps boards at it, and tells whether memory is flat', async () => {
    const args = ['--boards', '10', '--rate', '50', '--chaos', '0', '--for', '15s', '--warm-up', '1s'];
    const program = new Program(args, {}, [process.execPath, 'scripts/soak.mjs']);
    const { code } = await program.exited;
    expect(program.stdout).toContain('10 of 10 online');
    expect(program.stdout).toMatch(/memory +\d+ MiB after the ramp, \d+ at the end, \d+ at most/);
    expect(program.stdout).toMatch(/sets +\d+: \d+ answered, 0 lost, 0 doubled/);
    // In so short a time the heap has been looked at once or twice.
    expect(program.stdout).toMatch(/heap +[01] samples are too few to judge/);
    expect(program.stdout.trimEnd()).toMatch(/heap is not flat$/);
    expect(code).toBe(1);
  });
});
