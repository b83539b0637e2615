import { TRIAL_MS } from '../../src/board/environment-trial.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { OutputDefinition } from '../../src/core/product.js';
import type { Crash } from '../host/reboot-delay.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import { paint, writeJson } from './console.js';
import { idsOf, keysText } from './key-mask.js';
import { LiveLines } from './live-lines.js';

/** Tells what boards do: a live line each for a person, JSON lines for a script. */
export interface BoardReporter {
  onEvent(board: SimulatedBoard, event: BoardEvent): void;
  onCrash(board: SimulatedBoard, crash: Crash): void;
  onPowerCut(board: SimulatedBoard): void;
  /** What somebody does with a board: a machine's word, and a person's sentence. */
  note(board: SimulatedBoard, word: string, note: Note): void;
  /** What was said so far stays on the screen: something else is about to be written. */
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

  onPowerCut(board: SimulatedBoard): void {
    writeJson(process.stderr, { event: 'power_cut', level: 'info', deviceSN: board.serial, at: Date.now() });
  }

  note(board: SimulatedBoard, step: string, { trouble = false }: Note): void {
    const level = trouble ? 'warn' : 'info';
    writeJson(process.stderr, { event: 'phone', level, deviceSN: board.serial, step });
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
  crashed: 'red',
};

/** What is said of a board behind its state. */
export interface Note {
  readonly text: string;
  /** It is over once the board is online, or has been stopped. */
  readonly trouble?: boolean;
  /** Somebody has to do something about it: it stays, whatever else is said, until the next update. */
  readonly alarm?: boolean;
}

/** For a person: one line a board, rewritten as it changes. */
export class LiveReporter implements BoardReporter {
  readonly #stream: NodeJS.WriteStream;
  readonly #lines: LiveLines;
  readonly #notes = new Map<string, Note>();
  readonly #alarms = new Map<string, string>();
  readonly #phases = new Map<string, string>();
  /** Why a board did not believe the server that it called last. */
  readonly #refusals = new Map<string, string>();

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
    this.#lines = new LiveLines(stream, (hidden) => this.#sum(hidden));
  }

  onEvent(board: SimulatedBoard, event: BoardEvent): void {
    const note = describe(board, event, this.#refusals.get(board.serial));
    if (event.name === 'server_refused') this.#refusals.set(board.serial, note!.text);
    // The next attempt may fail in another way.
    else if (event.name === 'activation_failed' || event.name === 'session_lost') this.#refusals.delete(board.serial);
    if (event.name === 'update_started') this.#alarms.delete(board.serial);
    if (note?.alarm) this.#alarms.set(board.serial, note.text);
    else if (note !== undefined) this.#notes.set(board.serial, note);
    else if (event.name !== 'state_changed') return;
    if (event.name === 'state_changed') {
      const { to } = (event as BoardEvent<'state_changed'>).data;
      this.#phases.set(board.serial, to);
      if ((to === 'online' || to === 'stopped') && this.#notes.get(board.serial)?.trouble)
        this.#notes.delete(board.serial);
    }
    this.#draw(board);
  }

  onCrash(board: SimulatedBoard, { error, crashes, retryMs }: Crash): void {
    const times = crashes === 1 ? '' : `${crashes} times in a row, `;
    const text = `${times}boots again in ${seconds(retryMs)}: ${messageOf(error)}`;
    this.#phases.set(board.serial, 'crashed');
    this.#notes.set(board.serial, { text, trouble: true });
    this.#draw(board);
  }

  onPowerCut(board: SimulatedBoard): void {
    this.#phases.set(board.serial, 'off');
    this.#notes.delete(board.serial);
    this.#draw(board);
  }

  note(board: SimulatedBoard, _word: string, note: Note): void {
    this.#notes.set(board.serial, note);
    this.#draw(board);
  }

  settle(): void {
    this.#lines.settle();
  }

  #draw(board: SimulatedBoard): void {
    const phase = this.#phases.get(board.serial) ?? 'boot';
    const mark = paint(this.#stream, MARKS[phase] ?? 'yellow', `● ${phase.padEnd(13)}`);
    const { text = '', trouble = false } = this.#notes.get(board.serial) ?? {};
    const { serial, product, deviceId = '' } = board;
    // What is wrong comes first: in a narrow terminal the end of a line is cut off.
    const alarm = this.#alarms.get(serial);
    const wrong = alarm === undefined ? '' : `${paint(this.#stream, 'red', alarm)}  `;
    const rest =
      trouble || alarm !== undefined
        ? `${serial}  ${wrong}${text}`
        : `${product.productKey}  ${serial}  ${deviceId.padEnd(12)}  ${text}`;
    this.#lines.set(serial, `  ${mark} ${rest}`);
  }

  #sum(hidden: number): string {
    let online = 0;
    for (const phase of this.#phases.values()) if (phase === 'online') online++;
    const rest = hidden === 1 ? '1 more board' : `${hidden} more boards`;
    return `  … and ${rest}; ${online} of ${this.#phases.size} are online`;
  }
}

/**
 * What an event means to a person; `undefined`: nothing to say.
 * @param refusal why the board does not believe the server, where it has just said so
 */
function describe(board: SimulatedBoard, event: BoardEvent, refusal?: string): Note | undefined {
  const because = (reason: string): string => (reason === 'untrusted' && refusal ? refusal : inWords(reason));
  switch (event.name) {
    case 'booted': {
      const { version } = (event as BoardEvent<'booted'>).data;
      return version === board.product.firmwareVersion ? undefined : { text: `runs firmware ${version}` };
    }
    case 'output_settled': {
      const { channel, value } = (event as BoardEvent<'output_settled'>).data;
      return { text: placeOf(board.product.outputs[channel]?.type, channel, value) };
    }
    case 'button_held':
      return { text: `button held (input ${(event as BoardEvent<'button_held'>).data.input})` };
    case 'factory_reset':
      return { text: 'reset to the state of the factory' };
    case 'setup': {
      const { stage, reason = 'unknown' } = (event as BoardEvent<'setup'>).data;
      if (stage === 'failed') return { text: `setting up failed: ${inWords(reason)}`, trouble: true };
      // Another attempt: what came of the last one is over.
      return stage === 'joining' ? { text: '' } : undefined;
    }
    case 'activation_failed': {
      const { reason, retryMs } = (event as BoardEvent<'activation_failed'>).data;
      const why = whyNotActivated(reason, board.product.activationMode === 'signed') ?? because(reason);
      return { text: `${why}, next try in ${seconds(retryMs)}`, trouble: true };
    }
    case 'session_lost': {
      const { reason, retryMs } = (event as BoardEvent<'session_lost'>).data;
      return { text: `${because(reason)}, next try in ${seconds(retryMs)}`, trouble: true };
    }
    case 'server_refused': {
      const { host, message } = (event as BoardEvent<'server_refused'>).data;
      return { text: `${host} is not believed: ${message.replace(/\.$/, '')}`, trouble: true };
    }
    case 'environment_tried': {
      const { name } = (event as BoardEvent<'environment_tried'>).data;
      return { text: `tries environment ${name}: back in ${TRIAL_MS / 60_000} min if it does not come online` };
    }
    case 'environment_kept':
      return { text: `environment ${(event as BoardEvent<'environment_kept'>).data.name}: kept` };
    case 'environment_refused': {
      const { name, reason } = (event as BoardEvent<'environment_refused'>).data;
      return { text: `back where it was: ${name} was not reached (${reason.replaceAll('_', ' ')})` };
    }
    case 'trust_kept': {
      const { version } = (event as BoardEvent<'trust_kept'>).data;
      return { text: `bundle ${version} about other environments: kept` };
    }
    case 'update_started':
      return { text: `update to ${(event as BoardEvent<'update_started'>).data.version} begins` };
    case 'update_progress':
      return { text: `update: ${(event as BoardEvent<'update_progress'>).data.percent} %` };
    case 'update_paused':
      return { text: `update waits: ${(event as BoardEvent<'update_paused'>).data.message}` };
    case 'update_refused':
      return { text: `update refused: ${(event as BoardEvent<'update_refused'>).data.message}` };
    case 'update_ready':
      return { text: `restarts with ${(event as BoardEvent<'update_ready'>).data.version}` };
    case 'update_proven':
      return { text: `update to ${(event as BoardEvent<'update_proven'>).data.version}: kept` };
    case 'update_failed': {
      const { version, code, message } = (event as BoardEvent<'update_failed'>).data;
      const what = code === 'rolled_back' ? 'taken back,' : 'failed:';
      return { text: `update to ${version} ${what} ${message}`, alarm: true };
    }
    case 'update_keys_unknown': {
      const { required } = (event as BoardEvent<'update_keys_unknown'>).data;
      const text = `its build does not know all of ${keysText(idsOf(required))}, which its update wants: others sign as before`;
      return { text, alarm: true };
    }
    case 'command_refused':
      return { text: `refused a command: ${(event as BoardEvent<'command_refused'>).data.message}` };
    case 'storage_failed':
      return { text: `cannot store ${(event as BoardEvent<'storage_failed'>).data.record}: is the disk full?` };
    default:
      return undefined;
  }
}

/** What the cloud's word for a refused activation means, where that wants more words. */
function whyNotActivated(reason: string, isSigned: boolean): string | undefined {
  if (reason === 'invalid_product_key') return 'the cloud does not know this product';
  if (reason !== 'forbidden' || !isSigned) return undefined;
  return 'forbidden without the signature of its board key: give --factory, see smartlink factory --product';
}

/** Where an output is, in words. */
function placeOf(type: OutputDefinition['type'] | undefined, channel: number, value: number): string {
  if (type === 'servo') return `servo at ${value}°`;
  if (type === 'dimmer') return `lamp at ${value} %`;
  return `relay ${channel} ${value === 1 ? 'on' : 'off'}`;
}

/** A machine word (`connect_failed`) as words. */
function inWords(reason: string): string {
  return /^[a-z_]+$/.test(reason) ? reason.replaceAll('_', ' ') : reason;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.ceil(ms / 1_000)} s`;
}
