import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareBudget, formatBudget } from './compare-budget.js';
import { withoutXs } from './engines.js';
import { type Budget, measureBudget } from './measure.js';

const stored = JSON.parse(readFileSync(new URL('./budget.json', import.meta.url), 'utf8')) as Budget;

describe.skipIf(withoutXs)('what the firmware costs on XS', () => {
  let now: Budget;
  beforeAll(async () => {
    now = await measureBudget();
  });

  test('no number is more than 3 % worse than the stored one', () => {
    const lines = compareBudget(stored, now);
    const better = lines.filter(({ verdict }) => verdict === 'better');
    if (better.length > 0) {
      console.warn(`better by more than 3 %: run \`npm run budget -- --write\` to keep it so\n${formatBudget(better)}`);
    }
    const worse = lines.filter(({ verdict }) => verdict === 'worse' || verdict === 'new');
    expect(worse, `over budget; \`npm run budget\` prints all\n${formatBudget(worse)}`).toEqual([]);
  });

  test('10,000 commands leave not one slot behind', () => {
    expect(now.liveSlotsAfter10000).toBe(now.liveSlots);
  });

  test('moves, pulses and fades leave none either', () => {
    expect(now.controlLeakedSlots).toBe(0);
  });
});

test('a budget tells worse from better and from noise', () => {
  const base: Budget = { ...stored, commandComputrons: 1_000, liveSlots: 1_000 };
  const verdict = (commandComputrons: number): string | undefined =>
    compareBudget(base, { ...base, commandComputrons }).find(({ name }) => name === 'commandComputrons')?.verdict;
  expect([verdict(1_000), verdict(1_030), verdict(1_031), verdict(970), verdict(969)]).toEqual([
    'same',
    'within',
    'worse',
    'within',
    'better',
  ]);
});
