import type { Sdk } from '../moddable.mjs';
import { NotMeasurable, type Reading } from './reading.js';

/** How the reason of a figure begins that should be there and is not. */
export const FAILED = 'failed';

/** What a measurement may use. */
export interface BenchContext {
  /** Whether a rough look is enough: fewer rounds, smaller numbers. */
  readonly isQuick: boolean;
  /** The Moddable SDK, where there is one. */
  readonly sdk: Sdk | undefined;
  /** A folder that is gone after the run; that of the 32-bit build may be kept (`--xs32 DIR`). */
  readonly folder: string;
  readonly xs32Folder: string;
  /** Told to people while it runs. */
  readonly progress: (text: string) => void;
  /** More about it, for `--verbose`. */
  readonly verbose: (text: string) => void;
}

/** A measurement of one or several figures. */
export interface Measure {
  /** For `--only`. */
  readonly name: string;
  readonly about: string;
  /**
   * Its figures. One that needs what is not on this machine says so (`why`) and has no value.
   * @throws {NotMeasurable} where none of them can be had
   */
  run(context: BenchContext): Promise<readonly Reading[]>;
  /** Its figures without their values: what a run that throws reports. */
  readonly readings: readonly Reading[];
}

/** Readings, or the same without values and with the reason, so that what fails takes nothing else along. */
export async function orWhy(
  readings: readonly Reading[],
  work: () => Promise<readonly Reading[]>,
): Promise<readonly Reading[]> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    process.stderr.write(`  ${message}\n`);
    const why = `${error instanceof NotMeasurable ? '' : `${FAILED}: `}${message.split('\n')[0]}`;
    return readings.map((reading) => ({ ...reading, why }));
  }
}
