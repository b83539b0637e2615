import Sqlite from 'better-sqlite3';
import { KINDS_BY_NAME, PROMISES, SCENARIOS } from './catalogue.js';
import type { Job, JobAnswer, JobDone } from './job.js';
import type { NodeTime } from './node-time.js';
import { replayOf } from './recording.js';
import { PlanError, planOf, runScenario } from './run.js';

/** What the process really takes, which nothing in a world may ask for. */
export type CpuUsage = () => NodeJS.CpuUsage;

/** Makes runs as the parent process asks for them, one after the other, until it goes. */
export function serve(nodeTime: NodeTime, cpuUsage: CpuUsage): void {
  process.on('message', (job: Job) => {
    void answer(job, nodeTime, cpuUsage).then((said) => process.send?.(said));
  });
  process.on('disconnect', () => process.exit(0));
}

async function answer(job: Job, nodeTime: NodeTime, cpuUsage: CpuUsage): Promise<JobAnswer> {
  try {
    return await run(job, nodeTime, cpuUsage);
  } catch (error) {
    if (error instanceof PlanError) return { error: error.message };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function run(job: Job, nodeTime: NodeTime, cpuUsage: CpuUsage): Promise<JobDone> {
  const scenario =
    typeof job.scenario === 'string' ? SCENARIOS.find(({ name }) => name === job.scenario) : replayOf(job.scenario);
  if (scenario === undefined) throw new Error(`there is no scenario "${job.scenario}"`);
  const whole = planOf(scenario, job.seed).map((happening, place) => ({ place, happening }));
  const missing = job.only?.find((place) => place >= whole.length);
  if (missing !== undefined) {
    throw new PlanError(
      `Under seed ${job.seed}, ${whole.length} things happen, from 0 on: there is no ${missing} to leave.`,
    );
  }
  const only = job.only && new Set(job.only);
  const planned = only ? whole.filter(({ place }) => only.has(place)) : whole;
  const before = cpuUsage();
  const result = await runScenario({
    scenario,
    seed: job.seed,
    ...(job.untilMs !== undefined && { untilMs: job.untilMs }),
    plan: planned.map(({ happening }) => happening),
    kinds: KINDS_BY_NAME,
    promises: PROMISES,
    nodeTime,
    Sqlite,
  });
  const { user, system } = cpuUsage();
  return {
    ...result,
    happenings: planned.length,
    cpuS: (user - before.user + system - before.system) / 1_000_000,
    ...(result.broken && { happened: planned.filter(({ happening }) => happening.atMs <= result.broken!.atMs) }),
  };
}
