import type { BoardEvent } from '../../src/core/events.js';
import type { Crash } from '../host/reboot-delay.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import { LiveLines, paint, writeJson } from './console.js';

/** Tells what boards do: a live line each for a person, JSON lines for a script. */
export interface BoardReporter {
  onEvent(board: SimulatedBoard, event: BoardEvent): void;
  onCrash(board: SimulatedBoard, crash: Crash): void;
  /** What was said so far stays on the screen. */
  settle(): void;
}

/** For a script: state and output events on stdout (`cli.md`), everything else on stderr. */
export class JsonReporter implements BoardReporter {
  readonly #quiet: () => boolean;
  /** What was last said of each output, by serial number and channel. */
  readonly #outputs = new Map<string, number>();

  /** @param quiet while it says so, nothing goes to stdout */
  constructor(quiet: () => boolean = () => false) {
    this.#quiet = quiet;
  }

  onEvent(board: SimulatedBoard, event: BoardEvent): void {
    const deviceSN = board.serial;
    const { name, at } = event;
    if (name === 'state_changed' || name === 'output_settled') {
      if (this.#quiet() || (name === 'output_settled' && !this.#isNew(deviceSN, event))) return;
      writeJson(process.stdout, { event: name === 'state_changed' ? 'state' : 'output', deviceSN, ...event.data, at });
    } else if (event.level !== 'debug') {
      writeJson(process.stderr, { event: name, level: event.level, deviceSN, at, ...event.data });
    }
  }

  onCrash(board: SimulatedBoard, { error, crashes, retryMs }: Crash): void {
    const message = messageOf(error);
    writeJson(process.stdout, {
      event: 'error',
      code: 'board_crashed',
      deviceSN: board.serial,
      message,
      crashes,
      retryMs,
    });
  }

  settle(): void {}

  /** An output also settles where it was, as after a command that asks for what is. */
  #isNew(serial: string, event: BoardEvent): boolean {
    const { channel, value } = (event as BoardEvent<'output_settled'>).data;
    const key = `${serial}/${channel}`;
    if (this.#outputs.get(key) === value) return false;
    this.#outputs.set(key, value);
    return true;
  }
}

const MARKS: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  online: 'green',
  stopped: 'red',
  unprovisioned: 'red',
  crashed: 'red',
};

/** For a person: one line a board, rewritten as it changes. */
export class LiveReporter implements BoardReporter {
  readonly #lines = new LiveLines(process.stdout);
  readonly #notes = new Map<string, string>();
  readonly #phases = new Map<string, string>();

  onEvent(board: SimulatedBoard, event: BoardEvent): void {
    if (event.name === 'state_changed') this.#phases.set(board.serial, (event as BoardEvent<'state_changed'>).data.to);
    const note = describe(board, event);
    if (note !== undefined) this.#notes.set(board.serial, note);
    else if (event.name !== 'state_changed') return;
    this.#draw(board);
  }

  onCrash(board: SimulatedBoard, { error, crashes, retryMs }: Crash): void {
    const times = crashes === 1 ? '' : `${crashes} times in a row, `;
    this.#phases.set(board.serial, 'crashed');
    this.#notes.set(board.serial, `${times}boots again in ${(retryMs / 1_000).toFixed(1)} s: ${messageOf(error)}`);
    this.#draw(board);
  }

  settle(): void {
    this.#lines.settle();
  }

  #draw(board: SimulatedBoard): void {
    const phase = this.#phases.get(board.serial) ?? 'boot';
    const mark = paint(process.stdout, MARKS[phase] ?? 'yellow', `● ${phase.padEnd(10)}`);
    const id = (board.deviceId ?? '').padEnd(12);
    this.#lines.set(
      board.serial,
      `  ${mark} ${board.product.productKey}  ${board.serial}  ${id}  ${this.#notes.get(board.serial) ?? ''}`,
    );
  }
}

/** What an event means to a person; `undefined`: nothing to say. */
function describe(board: SimulatedBoard, event: BoardEvent): string | undefined {
  switch (event.name) {
    case 'output_settled': {
      const { channel, value } = (event as BoardEvent<'output_settled'>).data;
      const output = board.product.outputs[channel];
      return output?.type === 'servo' ? `servo at ${value}°` : `relay ${channel} ${value === 1 ? 'on' : 'off'}`;
    }
    case 'activation_failed': {
      const { reason, retryMs } = (event as BoardEvent<'activation_failed'>).data;
      return `activation: ${reason}, again in ${Math.ceil(retryMs / 1_000)} s`;
    }
    case 'session_lost': {
      const { reason, retryMs } = (event as BoardEvent<'session_lost'>).data;
      return `session: ${reason}, again in ${Math.ceil(retryMs / 1_000)} s`;
    }
    case 'command_refused':
      return `refused a command: ${(event as BoardEvent<'command_refused'>).data.message}`;
    case 'storage_failed':
      return `cannot store ${(event as BoardEvent<'storage_failed'>).data.record}: is the disk full?`;
    default:
      return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
