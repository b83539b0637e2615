import { type Reading, ratioOf } from './reading.js';
import type { Result } from './result-file.js';

/** A number with as many digits as it can bear. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value.toLocaleString('en-US', {
    maximumFractionDigits: Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3,
  });
}

export function ratioText(reading: Pick<Reading, 'value' | 'peer'>): string {
  const ratio = ratioOf(reading);
  return ratio === undefined ? '' : `${ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(3)}×`;
}

/** `≤ 2.5×`, or empty. */
export function goalText({ goal, unit }: Pick<Reading, 'goal' | 'unit'>): string {
  if (goal === undefined) return '';
  const sign = goal.atLeast ? '≥' : '≤';
  return goal.of === 'ratio' ? `${sign} ${goal.limit}×` : `${sign} ${figure(goal.limit)} ${unit}`;
}

/** What came of a run, for a terminal. */
export function formatResults(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.goal?.number === undefined ? '' : String(result.goal.number),
    result.name,
    result.value === undefined ? '–' : `${figure(result.value)} ${result.unit}`,
    ratioText(result),
    goalText(result),
    result.verdict === 'no goal' ? '' : result.verdict,
  ]);
  const head = ['goal', 'measure', 'figure', 'ratio', 'wanted', 'verdict'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const missing = results.filter(({ why }) => why !== undefined).map(({ name, why }) => `${name}: ${why}`);
  return [line(head), ...rows.map(line), ...(missing.length > 0 ? ['', 'Not measured here:', ...missing] : [])].join(
    '\n',
  );
}
