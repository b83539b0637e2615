import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { writeFileAtomic } from '../files/files.js';
import { loadProduct } from '../products/load.js';
import { SCENARIOS } from '../simulation/catalogue.js';
import type { Job, JobDone } from '../simulation/job.js';
import { WorldPool } from '../simulation/pool.js';
import { shrink } from '../simulation/shrink.js';
import { CliError } from './cli-error.js';
import { warnOfProduct, writeJson } from './console.js';
import { Lifetime, type Signals } from './lifetime.js';
import { wholeNumber } from './options.js';
import { readRecordingFile, recordEvents } from './record-file.js';
import { listScenarios, Progress, tellBroken, tellSummary } from './world-report.js';

interface Flags {
  readonly scenario?: string;
  readonly seed?: number;
  readonly seeds?: number;
  readonly only?: readonly number[];
  readonly replay?: string;
  readonly record?: string;
  readonly events?: string;
  readonly product: string;
  readonly jobs: number;
  readonly shrink: boolean;
  readonly json?: boolean;
}

/** What to live through, and how to say it again. */
interface Chosen {
  readonly scenario: Job['scenario'];
  readonly flags: string;
  readonly name: string;
}

const HIGHEST_SEED = 2 ** 32 - 1;
/** Time that may be spent on finding the shortest plan of a broken run, ms. */
const SHRINK_MS = 60_000;
/** What is left out of a plan may let the promise break later, by this much, ms of the world. */
const LATER_MS = 900_000;
/** With `--seeds`, no more are begun after so many have broken something. */
const ENOUGH_BROKEN = 5;

/** `smartlink world`: a whole fleet in virtual time, with everything that can go wrong. */
export function worldCommand(signals: Signals): Command {
  return new Command('world')
    .description('Runs firmware, radio, network and cloud in virtual time, breaks things, and checks what is promised.')
    .option('--scenario <name>', 'what to live through; without it, the scenarios are listed')
    .option('--seed <number>', 'the one seed to run', wholeNumber(0, HIGHEST_SEED))
    .option('--seeds <number>', 'run so many seeds, from 1 (or --seed) on', wholeNumber(1, 1_000_000))
    .option(
      '--only <places>',
      'of what the scenario has happen, only these, from 0 on (as a broken run names them)',
      places,
    )
    .option('--replay <file>', 'live through what was recorded (by "up", "board" or "world --record")')
    .option('--record <file>', "write a recording of a board's own events, from --events")
    .option('--events <file>', 'events that a board kept or printed: a JSON list, or one a line')
    .option('--product <key or file>', "that board's product", 'SW-SERVO-001')
    .option('--jobs <number>', 'runs at the same time', wholeNumber(1, 64), Math.min(availableParallelism(), 16))
    .option('--no-shrink', 'do not look for the shortest part of the plan that breaks a promise')
    .option('--json', 'one JSON object a run on stdout')
    .addHelpText(
      'after',
      `
The same scenario and seed are the same run, byte for byte: the hash of its trace says so.
Exits 0 when every promise was kept, 1 when one was broken.

Examples:
  smartlink world                                        lists the scenarios
  smartlink world --scenario day-at-home --seed 7        one run
  smartlink world --scenario day-at-home --seeds 100     seeds 1 to 100
  smartlink world --scenario day-at-home --seed 7 --only 3,17    that run, but only two things happen
  smartlink up --record home.json                        then: smartlink world --replay home.json
  smartlink world --record field.json --events log.json --product SW-RELAY-002`,
    )
    .action((flags: Flags) => run(flags, new Lifetime(signals)));
}

async function run(flags: Flags, life: Lifetime): Promise<void> {
  if (flags.record !== undefined || flags.events !== undefined) {
    record(flags);
    return;
  }
  const scenario = chooseScenario(flags);
  if (scenario === undefined) {
    if (flags.seed !== undefined || flags.seeds !== undefined || flags.only) {
      throw new CliError('no_scenario', 'say what to live through: add --scenario or --replay.', 2);
    }
    process.stdout.write(listScenarios(SCENARIOS));
    return;
  }
  if (flags.only && flags.seed === undefined) {
    throw new CliError('only_without_seed', '--only counts what happens under one seed: add --seed.', 2);
  }
  await runSeeds(flags, scenario, life);
}

/** What to live through; `undefined` where nothing is named. @throws CliError for what there is not */
function chooseScenario({ scenario: name, replay }: Flags): Chosen | undefined {
  if (replay !== undefined) {
    if (name !== undefined) throw new CliError('two_scenarios', 'give --scenario or --replay, not both.', 2);
    const recording = readRecordingFile(replay);
    for (const line of recording.leftOut) process.stderr.write(`left out: ${line}\n`);
    return { scenario: recording, flags: `--replay ${replay}`, name: 'replay' };
  }
  if (name === undefined) return undefined;
  if (!SCENARIOS.some((scenario) => scenario.name === name)) {
    const names = SCENARIOS.map((scenario) => scenario.name).join(', ');
    throw new CliError('unknown_scenario', `--scenario "${name}" is not one of ${names}.`, 2);
  }
  return { scenario: name, flags: `--scenario ${name}`, name };
}

/** Turns a board's events into a recording. */
function record({ record: file, events, product, json }: Flags): void {
  if (file === undefined || events === undefined) {
    throw new CliError('record_without_events', '--record and --events go together: what to write, and from what.', 2);
  }
  const recording = recordEvents(events, loadProduct(product, warnOfProduct));
  writeFileAtomic(file, `${JSON.stringify(recording, undefined, 1)}\n`);
  const { happenings, leftOut } = recording;
  if (json) {
    writeJson(process.stdout, { event: 'recorded', file, happenings: happenings.length, leftOut });
    return;
  }
  for (const line of leftOut) process.stderr.write(`left out: ${line}\n`);
  process.stdout.write(
    `${happenings.length} happenings in ${file}. Live through them: smartlink world --replay ${file}\n`,
  );
}

async function runSeeds(flags: Flags, chosen: Chosen, life: Lifetime): Promise<void> {
  const { json } = flags;
  const { scenario, name } = chosen;
  const first = flags.seed ?? 1;
  const count = flags.seeds ?? 1;
  if (first + count - 1 > HIGHEST_SEED) {
    throw new CliError('seeds_out_of_range', `--seed and --seeds together go beyond ${HIGHEST_SEED}.`, 2);
  }
  const pool = await life.start(
    async () => new WorldPool(flags.jobs),
    async (started) => started.close(),
  );
  const progress = new Progress(process.stderr, name, count, json ?? false);
  const broken: JobDone[] = [];
  const done: JobDone[] = [];
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      if (broken.length >= ENOUGH_BROKEN) return;
      const seed = first + index;
      const result = await pool.run({ scenario, seed, ...(flags.only && { only: flags.only }) });
      done.push(result);
      if (result.broken) broken.push(result);
      progress.done(result);
      if (json) writeJson(process.stdout, { event: 'run', scenario: name, ...result });
    }),
  );
  progress.settle();
  for (const result of broken.sort((a, b) => a.seed - b.seed)) {
    const short = flags.shrink ? await shorten(pool, scenario, result, flags, progress) : result;
    progress.settle();
    if (json) writeJson(process.stdout, { event: 'shortest', scenario: name, ...short });
    else process.stdout.write(tellBroken(chosen.flags, short, flags.shrink || flags.only !== undefined));
  }
  pool.close();
  if (!json) process.stdout.write(tellSummary(done, broken.length));
  if (broken.length > 0) process.exitCode = 1;
}

/** The run with the fewest happenings that breaks the same promise. */
async function shorten(
  pool: WorldPool,
  scenario: Job['scenario'],
  result: JobDone,
  { jobs }: Flags,
  progress: Progress,
): Promise<JobDone> {
  const { seed, broken } = result;
  const untilMs = broken!.atMs + LATER_MS;
  const beganMs = performance.now();
  const tried = new Map<readonly number[], JobDone>();
  const places = result.happened!.map(({ place }) => place);
  const part = await shrink(
    places,
    async (only) => {
      const run = await pool.run({ scenario, seed, only, untilMs });
      progress.tried(seed, only.length);
      tried.set(only, run);
      return run.broken?.promise === broken!.promise;
    },
    { atOnce: jobs, isEnough: () => performance.now() - beganMs > SHRINK_MS },
  );
  return tried.get(part) ?? result;
}

/** Places in a plan: `3,17`. */
function places(text: string): number[] {
  const numbers = text.split(',').map((part) => part.trim());
  if (!numbers.every((part) => /^\d{1,9}$/.test(part))) {
    throw new InvalidArgumentError('They must be whole numbers with commas between them.');
  }
  return numbers.map(Number);
}
