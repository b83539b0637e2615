import type { Happening } from '../simulation/happening.js';
import type { JobDone } from '../simulation/job.js';
import type { Scenario } from '../simulation/scenario.js';
import { paint } from './console.js';
import { LiveLines, type Terminal } from './live-lines.js';

const MS_A_DAY = 86_400_000;
/** Lines of the trace that are shown. */
const SHOWN_LINES = 25;
/** Of what was planned, at most so many are shown. */
const SHOWN_HAPPENINGS = 40;
const LONGEST_LINE = 240;

/** The scenarios there are. */
export function listScenarios(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.map(({ name, about, products, durationMs }) => {
    const boards = `${products.length} ${products.length === 1 ? 'board' : 'boards'}`;
    return `  ${paint(process.stdout, 'cyan', name.padEnd(width))}  ${about} (${boards}, ${duration(durationMs)})\n`;
  });
  return `${lines.join('')}\nRun one: smartlink world --scenario ${scenarios[0]!.name} --seed 1\n`;
}

/**
 * What a broken run was, for a person: the promise, what it takes, what came last, and how to see it again with these flags.
 * @param isCut whether this is a part of what the seed has happen
 */
export function tellBroken(flags: string, result: JobDone, isCut: boolean): string {
  const { seed, broken, happened, last } = result;
  const { promise, why, atMs, board, sentence } = broken!;
  const where = board === undefined ? '' : ` (board ${board})`;
  const told = happened!.slice(-SHOWN_HAPPENINGS);
  const earlier = happened!.length - told.length;
  const plan = told.map(({ happening }) => `    ${clock(happening.atMs)}  ${tellHappening(happening)}\n`).join('');
  const only = isCut ? happened!.map(({ place }) => place).join(',') : '';
  const again = `smartlink world ${flags} --seed ${seed}${only === '' ? '' : ` --only ${only}`}`;
  return [
    `\n${paint(process.stdout, 'red', 'broken')} ${paint(process.stdout, 'bold', promise)} at ${clock(atMs)}${where}: ${sentence}\n`,
    `  Why it matters: ${why}\n`,
    happened!.length === 0
      ? '  Nothing needs to happen for it.\n'
      : `  ${isCut ? 'What it takes' : 'What happened'}:\n${earlier > 0 ? `    ${earlier} earlier ones\n` : ''}${plan}`,
    `  What came last:\n${last!
      .slice(-SHOWN_LINES)
      .map((line) => `    ${line.slice(0, LONGEST_LINE)}\n`)
      .join('')}`,
    `  Again: ${paint(process.stdout, 'cyan', again)}\n`,
  ].join('');
}

/** All runs in a line. */
export function tellSummary(runs: readonly JobDone[], broken: number): string {
  const boardDays = runs.reduce((sum, { boards, virtualMs }) => sum + (boards * virtualMs) / MS_A_DAY, 0);
  const cpuS = runs.reduce((sum, run) => sum + run.cpuS, 0);
  const one = runs.length === 1 ? runs[0] : undefined;
  const verdict =
    broken === 0
      ? paint(process.stdout, 'green', 'every promise kept')
      : paint(process.stdout, 'red', `a promise broken in ${broken} of ${runs.length}`);
  const cost = `${boardDays.toFixed(2)} board-days in ${cpuS.toFixed(1)} s of CPU (${(cpuS / boardDays).toFixed(3)} s each)`;
  const what = one ? `seed ${one.seed}, trace ${one.hash}` : `${runs.length} seeds`;
  return `${what}: ${verdict}; ${cost}\n`;
}

/** Shows how far it is. */
export class Progress {
  readonly #lines: LiveLines | undefined;
  readonly #stream: Terminal;
  readonly #scenario: string;
  readonly #count: number;
  /** Where lines cannot be rewritten, one is written after so many runs. */
  readonly #every: number;
  readonly #tells: boolean;
  #done = 0;
  #broken = 0;

  constructor(stream: Terminal, scenario: string, count: number, quiet: boolean) {
    this.#stream = stream;
    this.#scenario = scenario;
    this.#count = count;
    this.#every = Math.max(10, Math.ceil(count / 10));
    this.#tells = !quiet;
    if (!quiet && stream.isTTY === true) this.#lines = new LiveLines(stream, () => '');
  }

  done(result: JobDone): void {
    this.#done++;
    if (result.broken) this.#broken++;
    const broken = this.#broken === 0 ? '' : `, ${this.#broken} broken`;
    const line = `${this.#scenario}: ${this.#done} of ${this.#count} seeds${broken}`;
    if (this.#lines) this.#lines.set('runs', line);
    else if (this.#tells && this.#done % this.#every === 0 && this.#done < this.#count) this.#stream.write(`${line}\n`);
  }

  tried(seed: number, happenings: number): void {
    this.#lines?.set('shrink', `seed ${seed}: does it take less than this? ${happenings} happenings`);
  }

  settle(): void {
    this.#lines?.settle();
  }
}

function tellHappening({ what, atMs: _, ...details }: Happening): string {
  return `${what} ${JSON.stringify(details)}`;
}

/** Virtual time as `d hh:mm:ss.mmm`. */
function clock(ms: number): string {
  const days = Math.floor(ms / MS_A_DAY);
  const rest = new Date(ms % MS_A_DAY).toISOString().slice(11, 23);
  return days === 0 ? rest : `${days} d ${rest}`;
}

function duration(ms: number): string {
  const hours = ms / 3_600_000;
  return hours >= 48
    ? `${Math.round(hours / 24)} days`
    : hours >= 2
      ? `${hours} hours`
      : `${Math.round(ms / 60_000)} min`;
}
