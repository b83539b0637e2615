import type { Budget } from './measure.js';

/** A number may get this much worse before it fails, and this much better before its pin should be tightened. */
const TOLERANCE = 0.03;

export interface BudgetLine {
  readonly name: keyof Budget;
  readonly stored: number | undefined;
  readonly now: number;
  /** Change as a fraction of what is stored. */
  readonly change: number;
  readonly verdict: 'same' | 'within' | 'worse' | 'better' | 'new';
}

/** Compares what was measured with what is stored, number by number; more is worse. */
export function compareBudget(stored: Partial<Budget>, now: Budget): BudgetLine[] {
  return (Object.keys(now) as (keyof Budget)[]).map((name) => {
    const before = stored[name];
    if (before === undefined) return { name, stored: before, now: now[name], change: 0, verdict: 'new' };
    const change = before === 0 ? (now[name] === 0 ? 0 : 1) : (now[name] - before) / before;
    const verdict = change === 0 ? 'same' : change > TOLERANCE ? 'worse' : change < -TOLERANCE ? 'better' : 'within';
    return { name, stored: before, now: now[name], change, verdict };
  });
}

/** A table for people. */
export function formatBudget(lines: readonly BudgetLine[]): string {
  const rows = lines.map(({ name, stored, now, change, verdict }) => {
    const percent = stored === undefined ? '' : `${change >= 0 ? '+' : ''}${(100 * change).toFixed(1)} %`;
    return `${name.padEnd(26)}${String(stored ?? '–').padStart(10)}${String(now).padStart(10)}${percent.padStart(10)}  ${verdict}`;
  });
  return [`${''.padEnd(26)}${'stored'.padStart(10)}${'now'.padStart(10)}${'change'.padStart(10)}`, ...rows].join('\n');
}
