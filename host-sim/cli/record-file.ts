import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { BoardEvent } from '../../src/core/events.js';
import { isObject } from '../../src/core/json-guard.js';
import type { Product } from '../../src/core/product.js';
import { writeFileAtomic } from '../files/files.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import { KINDS_BY_NAME } from '../simulation/catalogue.js';
import { Recorder } from '../simulation/recorder.js';
import { type Recording, readRecording } from '../simulation/recording.js';
import { CliError } from './cli-error.js';
import type { Lifetime } from './lifetime.js';

/** Events that `--json` prints under other names. */
const PRINTED: Readonly<Record<string, string>> = { state: 'state_changed', output: 'output_settled' };
const MOST_BYTES = 64 * 1_048_576;

/** Takes down what happens to the boards of this program. */
export class LiveRecording {
  readonly #recorder: Recorder;
  readonly #product: Product;
  readonly #beganMs = performance.now();
  readonly #numbers = new Map<string, number>();

  /** @param knowsCommands whether the program also runs the cloud, and knows what that asks for */
  constructor(product: Product, knowsCommands: boolean) {
    this.#product = product;
    this.#recorder = new Recorder(knowsCommands);
  }

  event({ serial }: Pick<SimulatedBoard, 'serial'>, event: BoardEvent): void {
    this.#recorder.event(this.#numberOf(serial), event, this.#nowMs());
  }

  /** The cloud sent a board a command for the first time. One that has never said anything here is somebody else's. */
  asked(serial: string, params: object): void {
    const number = this.#numbers.get(serial);
    if (number !== undefined) this.#recorder.asked(number, params, this.#nowMs());
  }

  /** Somebody did something to boards that no plan can do again, in words. */
  leaveOut(what: string): void {
    this.#recorder.leaveOut(what);
  }

  /** What has happened so far to these boards, or to all. */
  taken(serials?: readonly string[]): Recording {
    const of = serials?.map((serial) => this.#numberOf(serial));
    return this.#recorder.finish(Date.now(), this.#nowMs(), of);
  }

  #numberOf(serial: string): number {
    let number = this.#numbers.get(serial);
    if (number === undefined) {
      number = this.#recorder.add(serial, this.#product);
      this.#numbers.set(serial, number);
    }
    return number;
  }

  #nowMs(): number {
    return Math.round(performance.now() - this.#beganMs);
  }
}

/**
 * Writes a recording to the file of `--record`: now, rather than after hours in vain, and when the program ends.
 * @throws CliError where it cannot be written
 */
export async function recordInto(file: string, recording: LiveRecording, life: Lifetime): Promise<void> {
  const write = (): void => {
    try {
      writeFileAtomic(file, `${JSON.stringify(recording.taken(), undefined, 1)}\n`);
    } catch (error) {
      throw new CliError('record_unwritable', `--record ${file} cannot be written (${codeOf(error)}).`, 1);
    }
  };
  write();
  await life.start(
    async () => {},
    async () => write(),
  );
}

/** Reads what `--record` has written. @throws CliError with what is wrong */
export function readRecordingFile(file: string): Recording {
  const text = readText(file, '--replay');
  try {
    return readRecording(text, (what) => KINDS_BY_NAME.has(what));
  } catch (error) {
    throw new CliError('bad_recording', `--replay ${file}: ${(error as Error).message}.`);
  }
}

/** An event, and whose it is where that is said. */
interface Told {
  readonly serial: string;
  readonly event: BoardEvent;
}

/**
 * Makes a recording of the events that boards of a product have kept or printed: a JSON list of them, or one a line, as they
 * are kept (`{"name","at","data"}`) or as `--json` prints them; whatever else stands there is passed over.
 * @throws CliError where there is no event
 */
export function recordEvents(file: string, product: Product): Recording {
  const told = readEvents(readText(file, '--events'));
  if (told.length === 0) {
    throw new CliError(
      'no_events',
      `--events ${file} holds no event of a board: it must be a JSON list of {"name","at","data"}, or one a line.`,
    );
  }
  const recorder = new Recorder(false);
  const boards = new Map<string, { number: number; atMs: number }>();
  const firstMs = told[0]!.event.at;
  for (const { serial, event } of told) {
    const board = boards.get(serial) ?? { number: recorder.add(serial, product), atMs: 0 };
    boards.set(serial, board);
    // A clock that was set in between goes back; time does not.
    board.atMs = Math.max(board.atMs, event.at - firstMs);
    recorder.event(board.number, event, board.atMs);
  }
  return recorder.finish(Date.now());
}

function readEvents(text: string): Told[] {
  const whole = parse(text);
  const list = Array.isArray(whole) ? whole : text.split('\n').flatMap((line) => parse(line) ?? []);
  return list.flat().flatMap((value) => readEvent(value) ?? []);
}

function readEvent(value: unknown): Told | undefined {
  if (!isObject(value)) return undefined;
  const { name, event, at, data, deviceSN, ...rest } = value;
  if (typeof at !== 'number' || !Number.isFinite(at)) return undefined;
  const serial = typeof deviceSN === 'string' ? deviceSN : 'RECORDED';
  if (typeof name === 'string' && isObject(data)) return { serial, event: { name, at, data } as unknown as BoardEvent };
  if (typeof event !== 'string') return undefined;
  return { serial, event: { name: PRINTED[event] ?? event, at, data: rest } as unknown as BoardEvent };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readText(file: string, flag: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    if (size > MOST_BYTES) throw new CliError('file_too_large', `${flag} ${file} is larger than ${MOST_BYTES} bytes.`);
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('file_unreadable', `${flag} ${file} cannot be read (${codeOf(error)}).`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}
