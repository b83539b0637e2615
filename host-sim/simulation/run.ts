import type Sqlite from 'better-sqlite3';
import { loadProduct } from '../products/load.js';
import { DetailError, type Happening, type Kind } from './happening.js';
import type { NodeTime } from './node-time.js';
import { type BrokenPromise, Judge, type WorldPromise } from './promise.js';
import type { Scenario } from './scenario.js';
import { SeededRandom } from './seeded-random.js';
import { World } from './world.js';

const POWER_ON_MS = 5_000;
const REST_MS = 600_000;
/** Lines of the trace that go with a broken promise. */
const LAST_LINES = 40;

export interface RunOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  /** What happens, instead of what the scenario draws. */
  readonly plan?: readonly Happening[];
  /** Ends sooner than the scenario does, ms of the world; the promises are not asked a last time then. */
  readonly untilMs?: number;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly promises: readonly WorldPromise[];
  readonly nodeTime: NodeTime;
  readonly Sqlite: typeof Sqlite;
}

/** What became of one run. */
export interface RunResult {
  readonly seed: number;
  /** SHA-256 of everything that happened: the same for the same scenario, seed and plan. */
  readonly hash: string;
  readonly lines: number;
  readonly boards: number;
  /** Virtual time that passed, ms. */
  readonly virtualMs: number;
  readonly broken?: BrokenPromise;
  /** The end of the trace of a run that broke a promise, oldest first. */
  readonly last?: readonly string[];
}

/** A plan that cannot be lived through: one sentence that names what is wrong with it. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** What the scenario has happen under a seed, in the order of time. */
export function planOf(scenario: Scenario, seed: number): Happening[] {
  const plan = [...scenario.plan(new SeededRandom(seed).fork('plan'), scenario)];
  return plan.sort((a, b) => a.atMs - b.atMs);
}

/**
 * Lives through a scenario once.
 * @throws PlanError where the plan has something happen that there is no kind of, or that is told wrongly
 */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const { scenario, seed, kinds, nodeTime } = options;
  const plan = options.plan ?? planOf(scenario, seed);
  const judge = new Judge([...options.promises, ...(scenario.promises ?? [])]);
  const world = new World({
    seed,
    nodeTime,
    Sqlite: options.Sqlite,
    products: scenario.products.map((product) => (typeof product === 'string' ? loadProduct(product) : product)),
    witnesses: (one) => judge.witnesses(one),
    ...(scenario.boardsAPlace !== undefined && { boardsAPlace: scenario.boardsAPlace }),
    ...(scenario.reconnectSpreadS !== undefined && { reconnectSpreadS: scenario.reconnectSpreadS }),
    ...(scenario.hasTime !== undefined && { hasTime: scenario.hasTime }),
    ...(scenario.isNew !== undefined && { isNew: scenario.isNew }),
    ...(scenario.tls && { tls: scenario.tls }),
  });
  for (const happening of plan) {
    const { what, atMs } = happening;
    const kind = kinds.get(what);
    if (kind === undefined)
      throw new PlanError(`The plan has "${what}" at ${atMs} ms, and there is no kind of that name.`);
    world.time.timer.set(() => {
      world.tell(JSON.stringify(happening));
      begin(kind, world, happening);
    }, atMs);
  }
  await world.begin(scenario.powerOnMs ?? POWER_ON_MS);
  const wholeMs = scenario.durationMs + (scenario.restMs ?? REST_MS);
  const endMs = Math.min(wholeMs, options.untilMs ?? wholeMs);
  await world.pass(endMs - world.nowMs, () => judge.broken.length > 0);
  const virtualMs = world.nowMs;
  if (judge.broken.length === 0 && endMs === wholeMs) await world.conclude();
  const last = world.trace.last(LAST_LINES);
  await world.end();
  const [broken] = judge.broken;
  return {
    seed,
    hash: world.trace.digest(),
    lines: world.trace.lines,
    boards: world.devices.length,
    virtualMs,
    ...(broken && { broken, last }),
  };
}

function begin(kind: Kind, world: World, happening: Happening): void {
  try {
    kind.begin(world, happening);
  } catch (error) {
    if (!(error instanceof DetailError)) throw error;
    throw new PlanError(`The plan has "${happening.what}" at ${happening.atMs} ms told wrongly: ${error.message}.`);
  }
}
