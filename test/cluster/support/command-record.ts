/** Highest mark: it is a level in percent, and 0 is what a board begins with. */
export const HIGHEST_MARK = 100;
/** How long a command lives, ms; what is acted on later makes a board jump. */
const LIFE_MS = 60_000;

/** A command as whoever gave it remembers it. */
export interface GivenCommand {
  readonly deviceId: string;
  /** 1 to {@link HIGHEST_MARK}; of no other command to this board. */
  readonly mark: number;
  readonly givenAt: number;
  /** Whether the cloud has answered 200. Where it has not, the command may have come about or not. */
  acknowledged: boolean;
}

/** What was seen at the outputs of a board while it acted on one command. */
export interface Act {
  readonly deviceId: string;
  readonly id: string;
  /** Level of its lamp. */
  readonly mark: number;
  /** How often its relay has changed over. */
  readonly flips: number;
  readonly at: number;
}

/** What went wrong, a sentence each. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly late: readonly string[];
  /** Acts that nobody has asked for. */
  readonly strange: readonly string[];
}

/** Holds what boards did against what they were told. */
export function judge(given: readonly GivenCommand[], acts: readonly Act[]): Verdict {
  const verdict = { lost: [] as string[], doubled: [] as string[], late: [] as string[], strange: [] as string[] };
  const key = ({ deviceId, mark }: { readonly deviceId: string; readonly mark: number }): string =>
    `${deviceId}, mark ${mark}`;
  const byMark = new Map<string, Act[]>();
  for (const act of acts) {
    const same = byMark.get(key(act));
    if (same === undefined) byMark.set(key(act), [act]);
    else same.push(act);
  }
  for (const command of given) {
    const name = key(command);
    const done = byMark.get(name) ?? [];
    byMark.delete(name);
    const flips = done.reduce((sum, act) => sum + act.flips, 0);
    if (flips === 0 && command.acknowledged) verdict.lost.push(`${name}: answered 200, and never acted on`);
    if (flips > 1)
      verdict.doubled.push(`${name}: acted on ${flips} times (ids ${done.map(({ id }) => id).join(', ')})`);
    for (const { at } of done) {
      const afterMs = at - command.givenAt;
      if (afterMs > LIFE_MS) verdict.late.push(`${name}: acted on ${afterMs} ms after it was given`);
    }
  }
  for (const name of byMark.keys()) verdict.strange.push(`${name}: acted on, and never given`);
  return verdict;
}
