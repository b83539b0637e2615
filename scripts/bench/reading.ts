/** Why a figure is not there: what is missing, and how to come by it. */
export class NotMeasurable extends Error {}

/** What a reading is held against. */
export interface Goal {
  /** Of `performance.md`, where it is one of its goals. */
  readonly number?: number;
  /** The figure itself, or its ratio to the peer. */
  readonly of: 'value' | 'ratio';
  readonly limit: number;
  /** Whether it may be at most (default) or must be at least that. */
  readonly atLeast?: true;
}

/** What it is compared with in the same run, or a figure of the specification, which then says so. */
export interface Peer {
  readonly name: string;
  readonly value: number;
  readonly rounds?: readonly number[];
  /** Not measured in this run. */
  readonly isQuoted?: true;
}

/** One figure. */
export interface Reading {
  /** Stable, for comparing result files: `xs32.set-to-post`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  readonly unit: string;
  /** In a few words. */
  readonly how: string;
  /** Whether the same sources give the same number each time, on every machine of this architecture. */
  readonly isExact: boolean;
  /** Absent where it could not be measured. */
  readonly value?: number;
  /** Of which `value` is the median. */
  readonly rounds?: readonly number[];
  readonly peer?: Peer;
  readonly goal?: Goal;
  /** Whether more is better (default: less is). */
  readonly moreIsBetter?: true;
  /** Why there is no value. */
  readonly why?: string;
  /** What it consists of, or what else was seen. */
  readonly detail?: Readonly<Record<string, number | string>>;
}

export type Verdict = 'met' | 'missed' | 'not measured here' | 'no goal';

/** The value as a multiple of its peer's. */
export function ratioOf({ value, peer }: Pick<Reading, 'value' | 'peer'>): number | undefined {
  return value === undefined || peer === undefined || peer.value === 0 ? undefined : value / peer.value;
}

export function judge(reading: Reading): Verdict {
  const { value, goal } = reading;
  const held = goal?.of === 'ratio' ? ratioOf(reading) : value;
  if (held === undefined) return 'not measured here';
  if (goal === undefined) return 'no goal';
  return (goal.atLeast ? held >= goal.limit : held <= goal.limit) ? 'met' : 'missed';
}
