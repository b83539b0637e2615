import type { Happening } from './happening.js';
import type { Recording } from './recording.js';
import type { RunResult } from './run.js';

/** One run that a worker is to make. */
export interface Job {
  /** The name of a scenario of the catalogue, or what was recorded. */
  readonly scenario: string | Recording;
  readonly seed: number;
  /** Places in the scenario's plan: nothing else happens. */
  readonly only?: readonly number[];
  /** The run ends then, ms of the world, where the scenario does not end sooner. */
  readonly untilMs?: number;
}

/** What a worker says of a job: how it went, or why it could not be made. */
export type JobAnswer = JobDone | { readonly error: string };

export interface JobDone extends RunResult {
  /** How many happenings the plan had. */
  readonly happenings: number;
  /** Of a run that broke a promise: what happened up to then, with their places in the scenario's plan. */
  readonly happened?: readonly { readonly place: number; readonly happening: Happening }[];
  /** CPU time of the run, s. */
  readonly cpuS: number;
}
