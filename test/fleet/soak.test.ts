import { describe, expect, it } from 'vitest';
import { judgeMemory, lineThrough } from '../../scripts/flatness.mjs';
import { Program } from '../support/program.js';

const MEBIBYTE = 1_048_576;

describe('memory over time', () => {
  const samples = (value: (atS: number) => number) =>
    Array.from({ length: 100 }, (_, atS) => ({ atS, value: value(atS) }));

  it('is flat where it only goes up and down', () => {
    expect(judgeMemory(samples((atS) => 200 * MEBIBYTE + (atS % 10) * MEBIBYTE)).isFlat).toBe(true);
  });

  it('is not where it rises, however little at a time', () => {
    expect(judgeMemory(samples((atS) => 200 * MEBIBYTE + (atS % 10) * MEBIBYTE + atS * 100_000)).isFlat).toBe(false);
  });

  it('cannot be judged by two samples', () => {
    expect(judgeMemory(samples(() => MEBIBYTE).slice(0, 2)).isFlat).toBe(false);
  });

  it('rises as the line that is nearest to all', () => {
    expect(lineThrough(samples((atS) => 7 + 3 * atS))).toEqual({ perS: 3, mean: 155.5, rise: 297 });
  });
});

describe('the soak', () => {
  it('starts a cloud, keeps boards at it, and tells whether memory is flat', async () => {
    const args = ['--boards', '10', '--rate', '10', '--chaos', '0', '--for', '12s', '--warm-up', '1s'];
    const program = new Program(args, {}, [process.execPath, 'scripts/soak.mjs']);
    const { code } = await program.exited;
    expect(program.stdout).toContain('10 of 10 online');
    expect(program.stdout).toMatch(/RSS +[\d.]+ MiB/);
    expect(program.stdout).toMatch(/sets +\d+: \d+ answered, 0 lost, 0 doubled/);
    // In so short a time the heap has been looked at once.
    expect(program.stdout.trimEnd()).toMatch(/heap is not flat$/);
    expect(code).toBe(1);
  });
});
