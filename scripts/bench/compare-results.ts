import type { Result, ResultFile } from './result-file.js';
import { noise } from './statistics.js';
import { figure } from './table.js';

export type Change = 'better' | 'worse' | 'same' | 'within the noise' | 'only before' | 'only now' | 'other machine';

export interface Difference {
  readonly name: string;
  readonly unit: string;
  readonly before: number | undefined;
  readonly now: number | undefined;
  /** Of the figure, or of its ratio where it has a peer that was measured in the same run; a fraction. */
  readonly change: number;
  readonly judgement: Change;
}

/** What a wall time differs by from run to run, whatever the rounds of one run say. */
const LEAST_NOISE = 0.05;
/** So many times the noise of the rounds is no accident. */
const NOISES = 3;

/**
 * Compares two runs. Of an exact counter any change counts; of a time what lies beyond the noise of the rounds, and where there is a
 * peer the ratio to it, so that a busy machine hits both. Times of another machine are left out unless `anyMachine`.
 */
export function compareResults(before: ResultFile, now: ResultFile, anyMachine = false): Difference[] {
  const isSameMachine = before.machine.cpu === now.machine.cpu && before.machine.cores === now.machine.cores;
  const names = new Set([...before.results, ...now.results].map(({ name }) => name));
  const find = (file: ResultFile, name: string): Result | undefined =>
    file.results.find((result) => result.name === name && result.value !== undefined);
  return [...names].flatMap((name) => {
    const [old, fresh] = [find(before, name), find(now, name)];
    const unit = (fresh ?? old)?.unit;
    if (unit === undefined) return [];
    const line = { name, unit, before: old?.value, now: fresh?.value, change: 0 };
    if (old === undefined) return [{ ...line, judgement: 'only now' as const }];
    if (fresh === undefined) return [{ ...line, judgement: 'only before' as const }];
    if (!fresh.isExact && !isSameMachine && !anyMachine) return [{ ...line, judgement: 'other machine' as const }];
    return [{ ...line, ...judgeChange(old, fresh) }];
  });
}

function judgeChange(old: Result, fresh: Result): Pick<Difference, 'change' | 'judgement'> {
  const usesRatio = !fresh.isExact && isMeasured(old) && isMeasured(fresh);
  const [a, b] = usesRatio ? [old.ratio!, fresh.ratio!] : [old.value!, fresh.value!];
  const change = a === 0 ? (b === 0 ? 0 : Math.sign(b)) : (b - a) / Math.abs(a);
  if (change === 0) return { change, judgement: 'same' };
  const noises = [old, fresh].flatMap(({ rounds, peer }) => [rounds, usesRatio ? peer?.rounds : undefined]);
  const margin = fresh.isExact
    ? 0
    : Math.max(
        LEAST_NOISE,
        NOISES * Math.max(0, ...noises.map((rounds) => (rounds && rounds.length > 1 ? noise(rounds) : 0))),
      );
  if (Math.abs(change) <= margin) return { change, judgement: 'within the noise' };
  return { change, judgement: change > 0 === (fresh.moreIsBetter === true) ? 'better' : 'worse' };
}

function isMeasured({ peer, ratio }: Result): boolean {
  return ratio !== undefined && peer?.isQuoted !== true;
}

/** A table for people. */
export function formatDifferences(differences: readonly Difference[]): string {
  const number = (value: number | undefined): string => (value === undefined ? '–' : figure(value));
  const rows = differences.map(({ name, unit, before, now, change, judgement }) => {
    const percent =
      before === undefined || now === undefined || judgement === 'other machine'
        ? ''
        : `${change > 0 ? '+' : ''}${(100 * change).toFixed(1)} %`;
    return [name, number(before), number(now), unit, percent, judgement];
  });
  const head = ['measure', 'before', 'now', 'unit', 'change', ''];
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]!.length)));
  const isNumber = (column: number): boolean => column === 1 || column === 2 || column === 4;
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
