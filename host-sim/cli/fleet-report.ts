import type { FleetOptions, Snapshot } from '../fleet/fleet-options.js';
import type { FleetRun } from '../fleet/fleet-run.js';
import type { FleetResult, Times } from '../fleet/result.js';
import { type Colour, paint, warn, writeJson } from './console.js';
import { LiveLines } from './live-lines.js';

const EVERY_MS = 1_000;
/** Where a line cannot be rewritten, one is written every so many looks. */
const SELDOM = 5;
/** What boards say of a cloud that has them wait. */
const THROTTLED = 'too many requests';
const MEBIBYTE = 1_048_576;
const LABEL_WIDTH = 16;

/** Tells how a fleet gets on, each second: one line on a terminal, JSON for a script, and elsewhere a line every 5 s. */
export class FleetProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #json: boolean;
  readonly #run: FleetRun;
  readonly #options: FleetOptions;
  readonly #lines: LiveLines;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #warned = false;

  constructor(
    stream: NodeJS.WriteStream,
    { json, run, options }: { readonly json: boolean; readonly run: FleetRun; readonly options: FleetOptions },
  ) {
    this.#stream = stream;
    this.#json = json;
    this.#run = run;
    this.#options = options;
    this.#lines = new LiveLines(stream, () => '');
  }

  start(): void {
    const { product, target, workers, boards, shard } = this.#options;
    if (!this.#json) {
      const where = target.kind === 'broker' ? `broker ${target.broker.url}` : `cloud ${target.environment.apiUrl}`;
      const part = shard.of === 1 ? '' : `, shard ${shard.index}/${shard.of}`;
      const threads = workers === 0 ? 'in one thread' : `in ${workers} ${workers === 1 ? 'thread' : 'threads'}`;
      this.#stream.write(`\n  ${boards} boards of ${product.productKey}${part}, ${threads}; ${where}\n\n`);
    }
    // Nothing goes on for its sake.
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
  }

  /** What is shown stays. */
  stop(): void {
    clearInterval(this.#timer);
    this.#lines.settle();
  }

  #look(): void {
    const now = this.#run.snapshot();
    this.#warnOf(now);
    if (this.#json) writeJson(this.#stream, { event: 'progress', ...now });
    else if (this.#stream.isTTY || this.#looks++ % SELDOM === 0) this.#lines.set('', lineOf(now));
  }

  #warnOf({ trouble, phase }: Snapshot): void {
    if (trouble !== THROTTLED || phase !== 'ramp' || this.#warned) return;
    this.#warned = true;
    this.#lines.settle();
    warn(
      'the cloud limits activations, and boards wait as it says: start it with --activation-rate 0 for a faster ramp.',
    );
  }
}

function lineOf(now: Snapshot): string {
  const trouble = now.trouble === undefined ? '' : `  ${now.trouble}`;
  const cuts = now.cuts === 0 ? '' : `  ${now.cuts} cut`;
  return (
    `  ${now.atS.toFixed(0).padStart(4)} s  ${now.phase.padEnd(8)} ${now.online}/${now.boards} online  ${now.messagesPerS} msg/s  ` +
    `p50 ${ms(now.p50Us)}  p99 ${ms(now.p99Us)}  ${now.lost} lost  ${now.drops} drops${cuts}  ${mebibytes(now.rssBytes)}${trouble}`
  );
}

/** What a fleet came to, for a person. */
export function tableOf(result: FleetResult, stream: { readonly isTTY?: boolean }): string {
  const { load, boards, connections, options, machines, shards } = result;
  const row = (label: string, text: string, colour?: Colour): string =>
    `  ${label.padEnd(LABEL_WIDTH)}${colour === undefined ? text : paint(stream, colour, text)}\n`;
  const bad = (count: number): Colour | undefined => (count > 0 ? 'red' : undefined);
  const through = options.path === 'broker' ? 'broker alone' : "cloud's WebSocket, API and broker";
  const cutOff = load.cutOff === 0 ? '' : `, ${load.cutOff} cut off (${load.cutOffAnswered} answered later)`;
  const unsent = load.unsent === 0 ? '' : `, ${load.unsent} due and not sent`;
  const all = boards.allOnlineAfterS === null ? '' : `, all after ${boards.allOnlineAfterS.toFixed(1)} s`;
  const lines = [
    '\n',
    row(
      'boards',
      `${boards.online} of ${boards.wanted} online${all}`,
      bad(result.interrupted ? 0 : boards.wanted - boards.online),
    ),
    ...(shards.of === 1 ? [] : [row('shards', `${shards.indices.join(', ')} of ${shards.of}`)]),
    row('measured', `set → post through the ${through}, ${load.seconds.toFixed(1)} s (${options.what})`),
    row('sets', `${load.sent} (${load.setsPerS.toFixed(1)}/s), ${load.answered} answered${cutOff}${unsent}`),
    row('lost', `${load.lost}`, bad(load.lost)),
    row('doubled', `${load.doubled}`, bad(load.doubled)),
    ...(load.refused === 0 ? [] : [row('refused', `${load.refused}`, 'red')]),
    row('latency', timesText(load.latencyUs), load.latencyUs.count > 0 ? 'bold' : undefined),
    row('driver late', timesText(load.latenessUs)),
    row('messages', `${load.messagesPerS.toFixed(1)}/s`),
    row('connections', `${load.drops} dropped, ${load.resets} reset and ${load.silences} silenced by chaos`),
    ...(connections.reconnectUs.count === 0 ? [] : [row('reconnected', timesText(connections.reconnectUs))]),
    ...(connections.silentUs.count === 0 ? [] : [row('after silence', timesText(connections.silentUs))]),
    ...(connections.backAfterS === null
      ? []
      : [row('all back', `${connections.backAfterS.toFixed(1)} s after the chaos`)]),
    ...machines.map(({ process, machine, threads }) => {
      const { rssOnlineBytes, rssPeakBytes, rssPerBoardBytes, cpu, driverBusy } = process;
      const memory = `${mebibytes(rssOnlineBytes)} (peak ${mebibytes(rssPeakBytes)}, ${(rssPerBoardBytes / 1_024).toFixed(1)} KiB a board)`;
      const busy = `CPU ${cpu.toFixed(2)} cores of ${machine.cores}, the measuring thread ${(driverBusy * 100).toFixed(0)} % busy`;
      return row('machine', `${memory}, ${busy}, ${threads === 0 ? 'boards in it' : `${threads} threads of boards`}`);
    }),
    '\n',
    ...result.problems.map((problem) => `  ${paint(stream, 'red', problem)}\n`),
    ...(result.ok ? [`  ${paint(stream, 'green', verdictOf(result))}\n`] : []),
    '\n',
  ];
  return lines.join('');
}

/** Of one that went well. */
function verdictOf({ interrupted, boards: { online, wanted } }: FleetResult): string {
  if (!interrupted) return 'All went well.';
  if (online === wanted) return 'Stopped early; all went well.';
  return `Stopped early, with ${online} of ${wanted} boards online, which is not held against it.`;
}

function timesText({ count, p50, p90, p99, max }: Times): string {
  return count === 0 ? '-' : `p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)}, max ${ms(max)}`;
}

function ms(us: number): string {
  if (us === 0) return '-';
  return us < 1_000_000 ? `${(us / 1_000).toFixed(us < 10_000 ? 2 : 1)} ms` : `${(us / 1_000_000).toFixed(1)} s`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`;
}
