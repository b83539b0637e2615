import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Details, Happening } from './happening.js';
import { makeRecording, type Recording } from './recording.js';

/** How long a network is taken to be away of which nobody saw it come back, ms. */
const LOST_MS = 5_000;
/** A refusal of a broker lasts at least for the attempt that saw it, ms. */
const REFUSAL_MS = 2_000;
const SHORT_MS = 100;
const HELD_MS = 11_000;
const GAP_MS = 100;
/** The time that a cut of the power is taken to have lasted, ms. */
const OFF_MS = 1_000;
/** What came to rest within this after a press was moved by the hand, ms. */
const MOVED_BY_HAND_MS = 5_000;
const MOST_HAPPENINGS = 100_000;

interface Recorded {
  readonly serial: string;
  readonly product: Product;
  boots: number;
  /** A network that was lost and has not come back so far. */
  lost: { place: number; atMs: number; reason: string } | undefined;
  pressedMs: number;
}

/**
 * Takes down what happens to boards, as far as they say it themselves, in the words of a virtual world. Where somebody knows what
 * was asked of them (`asked`), that is taken down; else, what came to rest stands for it.
 */
export class Recorder {
  readonly #boards: Recorded[] = [];
  readonly #happenings: Happening[] = [];
  readonly #leftOut = new Set<string>();
  readonly #knowsCommands: boolean;
  #lastMs = 0;

  /** @param knowsCommands whether `asked` will tell of every command */
  constructor(knowsCommands: boolean) {
    this.#knowsCommands = knowsCommands;
  }

  /** One more board; its number. */
  add(serial: string, product: Product): number {
    this.#boards.push({ serial, product, boots: 0, lost: undefined, pressedMs: Number.NEGATIVE_INFINITY });
    return this.#boards.length - 1;
  }

  /** A board said this, so many ms after the beginning. */
  event(board: number, event: Pick<BoardEvent, 'name' | 'data'>, atMs: number): void {
    const recorded = this.#boards[board]!;
    const data = event.data as Record<string, unknown>;
    this.#lastMs = Math.max(this.#lastMs, atMs);
    switch (event.name) {
      case 'booted':
        if (recorded.boots++ > 0) this.#booted(board, String(data['reason']), atMs);
        break;
      case 'network_lost':
        this.#found(recorded, atMs);
        recorded.lost = { place: board, atMs, reason: String(data['reason']) };
        break;
      case 'state_changed':
        if (data['to'] === 'clock') this.#found(recorded, atMs);
        break;
      case 'session_lost':
        this.#sessionLost(board, String(data['reason']), atMs);
        break;
      case 'button_pressed':
      case 'button_held':
        recorded.pressedMs = atMs;
        this.#pressed(board, Number(data['input']), String(data['press'] ?? 'held'), atMs);
        break;
      case 'output_settled':
        if (!this.#knowsCommands) this.#settled(board, Number(data['channel']), Number(data['value']), atMs);
        break;
      case 'activation_failed':
      case 'storage_failed':
      case 'message_dropped':
        this.#leftOut.add(`${event.name}: what made it so is not known to the board`);
        break;
      default:
    }
  }

  /** Somebody asked this of a board. */
  asked(board: number, params: object, atMs: number): void {
    this.#add(atMs, 'ask', { board, params });
  }

  /** Something was done to boards that no plan can do again, in words. */
  leaveOut(what: string): void {
    this.#leftOut.add(what);
  }

  /**
   * What was taken down so far; it goes on. `nowMs` is the wall time.
   * @param of the numbers of the boards that it is about (default: all); what befell nobody in particular is in it, too
   */
  finish(nowMs: number, durationMs = this.#lastMs + LOST_MS, of?: readonly number[]): Recording {
    const numbers = of ?? this.#boards.map((_, board) => board);
    const lost = this.#boards.flatMap((recorded) =>
      this.#lostUntil(recorded, Math.min(durationMs, this.#lastMs + LOST_MS)),
    );
    return makeRecording(
      {
        durationMs,
        boards: numbers
          .map((number) => this.#boards[number]!)
          .map(({ serial, product }) => ({ serial, definition: product })),
        happenings: [...this.#happenings, ...lost]
          .flatMap((happening) => renumbered(happening, numbers))
          .sort((a, b) => a.atMs - b.atMs),
        leftOut: [...this.#leftOut],
      },
      nowMs,
    );
  }

  #booted(board: number, reason: string, atMs: number): void {
    switch (reason) {
      case 'restart':
        this.#add(atMs, 'wanted-restart', { board });
        break;
      case 'brown_out':
        this.#add(atMs, 'brown-out', { board, times: 1, everyMs: 1_000 });
        break;
      case 'crash':
      case 'watchdog':
        this.#add(atMs, 'crash', { board, reason, times: 1, everyMs: 1_000 });
        break;
      default:
        this.#add(Math.max(0, atMs - OFF_MS), 'power-cut', { board, offMs: OFF_MS });
    }
  }

  /** The network is back, or was lost once more. */
  #found(recorded: Recorded, atMs: number): void {
    for (const { atMs: lostMs, what, ...details } of this.#lostUntil(recorded, atMs)) this.#add(lostMs, what, details);
    recorded.lost = undefined;
  }

  /** That a board had no network until then; nothing where it has one. */
  #lostUntil({ lost }: Recorded, atMs: number): Happening[] {
    if (lost === undefined) return [];
    const known = ['wrong_password', 'no_such_network', 'no_address'].includes(lost.reason);
    const forMs = Math.max(1, Math.min(atMs - lost.atMs, 24 * 3_600_000));
    return [{ atMs: lost.atMs, what: 'wifi-lost', place: lost.place, reason: known ? lost.reason : 'lost', forMs }];
  }

  #sessionLost(board: number, reason: string, atMs: number): void {
    const code = /^CONNACK ([1-5])$/.exec(reason)?.[1];
    if (code !== undefined) this.#add(Math.max(0, atMs - 1), 'connack', { code: Number(code), forMs: REFUSAL_MS });
    else if (reason === 'SUBACK 128') this.#add(Math.max(0, atMs - 1), 'suback', { forMs: REFUSAL_MS });
    else this.#add(atMs, 'dropped', { board });
  }

  #pressed(board: number, input: number, press: string, atMs: number): void {
    const { inputs } = this.#boards[board]!.product;
    if (inputs[input]?.type !== 'button') return;
    // A kind chooses among the buttons alone.
    const choice = inputs.slice(0, input).filter(({ type }) => type === 'button').length;
    const how = press === 'double' || press === 'held' ? press : 'short';
    const ms = how === 'held' ? HELD_MS : SHORT_MS;
    this.#add(atMs, 'press', { board, choice, how, ms, ...(how === 'double' && { gapMs: GAP_MS }) });
  }

  #settled(board: number, channel: number, value: number, atMs: number): void {
    const { product, pressedMs } = this.#boards[board]!;
    const type = product.outputs[channel]?.type;
    if (type === undefined || !Number.isFinite(value) || atMs - pressedMs < MOVED_BY_HAND_MS) return;
    const angle = Math.max(0, Math.min(180, Math.round(type === 'dimmer' ? value * 1.8 : value)));
    this.#leftOut.add('commands: a board does not tell what it was asked, so what came to rest stands for it');
    this.asked(board, { ...(type === 'relay' ? { switch: value > 0 } : { angle }), channel }, atMs);
  }

  #add(atMs: number, what: string, details: Details): void {
    if (this.#happenings.length < MOST_HAPPENINGS) this.#happenings.push({ atMs, what, ...details });
    else this.#leftOut.add(`everything after ${MOST_HAPPENINGS} happenings`);
  }
}

/** A happening among these boards alone, by their new numbers: theirs, or nobody's in particular. */
function renumbered(happening: Happening, numbers: readonly number[]): Happening[] {
  const { board, place } = happening;
  // Each board is in a place of its own, of the same number.
  const whose = board ?? place;
  if (whose === undefined) return [happening];
  const number = numbers.indexOf(whose as number);
  if (number < 0) return [];
  return [{ ...happening, ...(board === undefined ? { place: number } : { board: number }) }];
}
