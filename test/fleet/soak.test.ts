import { describe, expect, it } from 'vitest';
import { judgeMemory, lineThrough } from '../../scripts/flatness.mjs';
import { Program } from '../support/program.js';

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
