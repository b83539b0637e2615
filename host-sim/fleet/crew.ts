import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Environment } from '../../src/ports/settings.js';
import { createMemoryStores } from '../host/memory-storage.js';
import type { SharedParts } from '../host/node-host.js';
import { createReceiveBuffer } from '../host/node-sockets.js';
import { SimBoard } from '../host/sim-board.js';
import { createDeskRadio, DESK_NETWORK } from '../world/sim-wifi.js';
import { DIARY, fullDiary } from './full-diary.js';
import { serialOf } from './shard.js';

/**
 * How a connection is cut: `reset` as by a router that forgets it and says so, `silent` as by one that does not: nothing gets through
 * any more until the board has noticed it.
 */
export type Cut = 'reset' | 'silent';

/** What one thread runs. All of it can be sent to another one. */
export interface CrewOptions {
  readonly product: Product;
  /** Where they are from the start: they are set up. */
  readonly environment: Environment;
  readonly buildTimeMs: number;
  /** Which boards, of `boards` in the whole fleet. */
  readonly indices: readonly number[];
  readonly boards: number;
  /** Time over which the whole fleet is switched on, ms. */
  readonly rampMs: number;
  /** Whether their rings of events are full from the start, as after a long life. */
  readonly haveLived: boolean;
}

/** What is heard of boards. */
export interface CrewEvents {
  onOnline(index: number, deviceId: string): void;
  /** It was online. */
  onOffline(index: number): void;
  /** Why a board is not online, in a few words. */
  onTrouble(index: number, why: string): void;
}

/** Boards that are switched on in one turn of the loop: whoever is online already is to be heard in between. */
const AT_ONCE = 4;
/** A board that has not noticed by then that nothing gets through hears again, ms. */
const MOST_SILENT_MS = 120_000;

/** The boards of one thread: whole firmware each, in memory; they share what boards can share. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #events: CrewEvents;
  readonly #shared: SharedParts = { radio: createDeskRadio(), receiveBuffer: createReceiveBuffer() };
  readonly #boards = new Map<number, SimBoard>();
  readonly #online = new Set<number>();
  /** Boards that nothing gets through to, until when at most. */
  readonly #silent = new Map<number, NodeJS.Timeout>();
  readonly #beganMs = performance.now();
  readonly #diary = fullDiary(Date.now());
  #next = 0;
  #ramp: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;

  constructor(options: CrewOptions, events: CrewEvents) {
    this.#options = options;
    this.#events = events;
    this.#later();
  }

  /** Cuts the connection of a board; nothing where it has none. */
  cut(index: number, how: Cut): void {
    const board = this.#boards.get(index);
    if (board === undefined || !this.#online.has(index) || this.#silent.has(index)) return;
    const { surroundings } = board;
    if (how === 'reset') {
      surroundings.set({ broker: false });
      surroundings.set({ broker: true });
      return;
    }
    surroundings.set({ lossShare: 1 });
    const atLast = setTimeout(() => {
      this.#hearAgain(index);
      if (this.#online.has(index)) this.#events.onOnline(index, board.deviceId!);
    }, MOST_SILENT_MS);
    this.#silent.set(index, atLast);
  }

  /** Stops all boards cleanly, and has the power cut of those that have not stopped within `withinMs`. */
  async stop(withinMs: number): Promise<void> {
    clearTimeout(this.#ramp);
    clearImmediate(this.#soon);
    this.#next = Number.POSITIVE_INFINITY;
    for (const index of [...this.#silent.keys()]) this.#hearAgain(index);
    const boards = [...this.#boards.values()];
    let late: NodeJS.Timeout | undefined;
    const inTime = new Promise<void>((resolve) => {
      late = setTimeout(resolve, withinMs);
    });
    await Promise.race([Promise.all(boards.map((board) => board.stop())), inTime]);
    clearTimeout(late);
    for (const board of boards) board.powerCut();
    this.#boards.clear();
  }

  #later(): void {
    const { indices, boards, rampMs } = this.#options;
    const index = indices[this.#next];
    if (index === undefined) return;
    const dueMs = this.#beganMs + (rampMs * index) / boards - performance.now();
    if (dueMs > 0) this.#ramp = setTimeout(() => this.#switchOn(), dueMs);
    else this.#soon = setImmediate(() => this.#switchOn());
  }

  #switchOn(): void {
    const { indices, boards, rampMs } = this.#options;
    for (let started = 0; started < AT_ONCE; started++) {
      const index = indices[this.#next];
      if (index === undefined || this.#beganMs + (rampMs * index) / boards > performance.now()) break;
      this.#next++;
      this.#start(index);
    }
    this.#later();
  }

  #start(index: number): void {
    const { product, environment, buildTimeMs, haveLived } = this.#options;
    const stores = createMemoryStores();
    if (haveLived) stores.storage.write(DIARY, this.#diary);
    const board = new SimBoard({
      shared: this.#shared,
      product,
      serial: serialOf(index),
      settings: { environment, wifi: DESK_NETWORK },
      ...stores,
      buildTimeMs,
      onEvent: (event) => this.#hear(index, event),
      onCrash: ({ error }) => {
        this.#left(index);
        this.#events.onTrouble(index, `crashed: ${error instanceof Error ? error.message : String(error)}`);
      },
    });
    this.#boards.set(index, board);
  }

  #hear(index: number, { name, data }: BoardEvent): void {
    if (name === 'state_changed') {
      const { to } = data as BoardEvent<'state_changed'>['data'];
      if (to !== 'online') this.#left(index);
      else {
        this.#online.add(index);
        this.#events.onOnline(index, this.#boards.get(index)!.deviceId!);
      }
    } else if (name === 'activation_failed' || name === 'session_lost') {
      this.#events.onTrouble(index, (data as BoardEvent<'session_lost'>['data']).reason);
    } else if (name === 'network_lost') this.#events.onTrouble(index, 'network lost');
  }

  #left(index: number): void {
    this.#hearAgain(index);
    if (this.#online.delete(index)) this.#events.onOffline(index);
  }

  #hearAgain(index: number): void {
    const atLast = this.#silent.get(index);
    if (atLast === undefined) return;
    clearTimeout(atLast);
    this.#silent.delete(index);
    this.#boards.get(index)?.surroundings.set({ lossShare: 0 });
  }
}
