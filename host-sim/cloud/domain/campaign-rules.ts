import { createHash } from 'node:crypto';

/** Boards that must have ended before their failures are held against a campaign; all, where there are fewer. */
const ENOUGH_ENDED = 5;

/** How a campaign stands; of boards those that its stages have reached, but for `open`. */
export interface Progress {
  /** Updates of any stage that have not ended. */
  readonly open: number;
  /** Not told yet: away, most likely. */
  readonly pending: number;
  readonly underWay: number;
  readonly updated: number;
  readonly failed: number;
}

export interface StageClock {
  readonly isLast: boolean;
  /** The time after which the next stage may begin has passed. */
  readonly isOver: boolean;
}

/**
 * What a campaign does next. It aborts itself when the share of failures among the boards that have ended reaches `abortPercent`, once
 * 5 of them, or all that were reached, have ended. It grows when its stage is over and has shown that the build is good: some board
 * has ended, none is under way unless 5 have ended, and the share of failures is below that. Boards that are away hold nothing up.
 */
export function nextStep(
  progress: Progress,
  abortPercent: number,
  stage: StageClock,
): 'abort' | 'complete' | 'grow' | undefined {
  const { open, pending, underWay, updated, failed } = progress;
  const ended = updated + failed;
  const isTooMuch = ended > 0 && failed * 100 >= abortPercent * ended;
  const reached = ended + underWay + pending;
  if (isTooMuch && ended >= Math.min(ENOUGH_ENDED, reached)) return 'abort';
  if (open === 0) return 'complete';
  if (stage.isLast || !stage.isOver || isTooMuch || ended === 0) return undefined;
  return underWay === 0 || ended >= ENOUGH_ENDED ? 'grow' : undefined;
}

/** How many of `count` boards a percentage is: at least one. */
export function shareOf(count: number, percent: number): number {
  return Math.ceil((count * percent) / 100);
}

/** The boards in an order that is random, and the same for every campaign of a package: a larger share holds the smaller one. */
export function inRandomOrder<T>(packageId: string, boards: readonly T[], deviceId: (board: T) => string): T[] {
  return boards
    .map((board) => ({
      board,
      rank: createHash('sha256')
        .update(`${packageId} ${deviceId(board)}`)
        .digest('hex'),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ board }) => board);
}

/** From which stage on the board at this place is in: counted from 0. */
export function stageOf(place: number, count: number, stages: readonly number[]): number {
  return stages.findIndex((percent) => place < shareOf(count, percent));
}
