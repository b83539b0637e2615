import type { CancelTimer, CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import { BrokerRefusal } from './broker-session.js';

/** Client ids that are taken over together, and the time between two of them, ms. */
const AT_ONCE = 4;
const PACE_MS = 40;
const MAX_WAITING = 1_024;
/** Of them those whose time has not come, so that they leave room for others. */
const MAX_PUT_OFF = 512;
/** A cluster has the client id settled some time after CONNACK, ms. */
const HOLD_MS = 250;
/** A broker that did not answer is asked again so often, after this time, ms. */
const TRIES = 3;
const TRY_AGAIN_MS = 3_000;
/** One board's session is not ended again before the first, which doubles up to the second until the board has answered, ms. */
const FIRST_AGAIN_MS = 20_000;
const LAST_AGAIN_MS = 30 * 60_000;
const MAX_REMEMBERED = 10_000;
/** A broker that lets nobody take a client id over is left in peace for this long, ms. */
const REFUSED_MS = 10 * 60_000;
/** So many boards whose client ids it refuses, and none that it allows in between, are no chance: one may be banned by itself. */
const REFUSED_BOARDS = 2;
/** So many takeovers in a row that ended the cloud's own connection are no chance. */
const OWN_LOSSES = 2;

/** Whose session is to be ended, by which client id. */
export interface EndedBoard {
  readonly deviceId: string;
  readonly clientId: string;
}

/** A client id that was taken over. */
export interface Takeover {
  leave(): void;
}

interface Waiting extends EndedBoard {
  readonly why: string;
  readonly tries: number;
  readonly notBefore: number;
}

/**
 * Ends sessions of boards that are connected and hear nothing: who connects by a client id has the broker close the connection that
 * had it [MQTT-3.1.4-2]. The board connects anew, and subscribes anew. What a board that is not there loses by it is nothing.
 */
export class SessionEnder {
  readonly #take: (clientId: string, signal: AbortSignal) => Promise<Takeover>;
  readonly #mayEnd: () => boolean;
  readonly #isBack: (deviceId: string) => boolean;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #waiting = new Map<string, Waiting>();
  /** Those that are being taken over, and what ends the hold. */
  readonly #taking = new Map<string, CancelTimer>();
  /** When a board's session may be ended again, and how long that was. */
  readonly #again = new Map<string, { readonly at: number; readonly waitMs: number }>();
  readonly #closing = new AbortController();
  #cancelPump: CancelTimer | undefined;
  #nextAt = 0;
  #refusedUntil = 0;
  readonly #refusedBoards = new Set<string>();
  #hasToldRefusal = false;
  #isLost = false;
  /** How often the way to the broker was lost, the last time that this was held to be a takeover's doing, and how many those were in a row. */
  #losses = 0;
  #lastOwnLoss = 0;
  #ownLosses = 0;

  constructor(options: {
    /** Connects by a client id, with a clean session and no subscriptions. @throws BrokerRefusal; Error where nobody answers */
    take: (clientId: string, signal: AbortSignal) => Promise<Takeover>;
    /** Whether this process is the one to do it, and has a way to the broker. */
    mayEnd: () => boolean;
    /** Whether a board has a new session meanwhile. */
    isBack: (deviceId: string) => boolean;
    environment: CloudEnvironment;
    log: Logger;
  }) {
    this.#take = options.take;
    this.#mayEnd = options.mayEnd;
    this.#isBack = options.isBack;
    this.#environment = options.environment;
    this.#log = options.log;
  }

  /** Ends a board's session soon, or, where that was done a short while ago, later; does nothing where too many wait. */
  end({ deviceId, clientId }: EndedBoard, why: string): void {
    const now = this.#environment.now();
    const notBefore = Math.max(now, this.#again.get(deviceId)?.at ?? 0);
    const most = notBefore > now ? MAX_PUT_OFF : MAX_WAITING;
    if (now < this.#refusedUntil || this.#waiting.size >= most || this.#taking.has(deviceId) || !this.#mayEnd()) return;
    this.#waiting.set(deviceId, { deviceId, clientId, why, tries: 0, notBefore });
    this.#pumpAt(Math.max(now, this.#nextAt));
  }

  /** A board hears: its session is not ended, and its next one may be at once. */
  answered(deviceId: string): void {
    this.#waiting.delete(deviceId);
    this.#again.delete(deviceId);
  }

  /** The way to the broker is lost: who waits goes on waiting. */
  lost(): void {
    this.#isLost = true;
    this.#losses += 1;
  }

  /** The way is back. @param hasMissed a broker that has forgotten the cloud has forgotten boards as well: they come again by themselves */
  returned(hasMissed: boolean): void {
    this.#isLost = false;
    if (hasMissed) this.#waiting.clear();
    // Who has come again meanwhile is heard of first.
    this.#nextAt = this.#environment.now() + TRY_AGAIN_MS;
    if (this.#waiting.size > 0) this.#pumpAt(this.#nextAt);
  }

  close(): void {
    this.#waiting.clear();
    this.#cancelPump?.();
    this.#closing.abort();
    for (const leave of this.#taking.values()) leave();
    this.#taking.clear();
  }

  #pumpAt(at: number): void {
    this.#cancelPump?.();
    this.#cancelPump = this.#environment.setTimer(
      () => {
        this.#cancelPump = undefined;
        this.#pump();
      },
      Math.max(0, at - this.#environment.now()),
    );
  }

  #pump(): void {
    if (this.#closing.signal.aborted || this.#isLost) return;
    if (!this.#mayEnd()) this.#waiting.clear();
    const now = this.#environment.now();
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.#waiting.values()) {
      if (entry.notBefore > now) {
        next = Math.min(next, entry.notBefore);
        continue;
      }
      // Whoever is done goes on.
      if (this.#taking.size >= AT_ONCE) return;
      this.#waiting.delete(entry.deviceId);
      if (this.#isBack(entry.deviceId)) continue;
      void this.#takeOver(entry);
      this.#nextAt = now + PACE_MS;
      next = this.#nextAt;
      break;
    }
    if (this.#waiting.size > 0) this.#pumpAt(next);
  }

  async #takeOver(entry: Waiting): Promise<void> {
    const { deviceId, clientId, why } = entry;
    const { signal } = this.#closing;
    const losses = this.#losses;
    this.#taking.set(deviceId, () => {});
    try {
      const takeover = await this.#take(clientId, signal);
      if (signal.aborted) {
        takeover.leave();
        return;
      }
      this.#log.info('board_session_ended', { deviceId, why });
      this.#hasToldRefusal = false;
      this.#refusedBoards.clear();
      this.#remember(deviceId);
      await this.#hold(deviceId, takeover);
      this.#countLosses(losses);
    } catch (error) {
      if (!signal.aborted) this.#failed(entry, error as Error);
    } finally {
      this.#taking.delete(deviceId);
      if (this.#waiting.size > 0) this.#pumpAt(this.#nextAt);
    }
  }

  #hold(deviceId: string, takeover: Takeover): Promise<void> {
    return new Promise((resolve) => {
      const leave = (): void => {
        cancel();
        takeover.leave();
        resolve();
      };
      const cancel = this.#environment.setTimer(leave, HOLD_MS);
      this.#taking.set(deviceId, leave);
    });
  }

  /** After a takeover that the broker allowed. @param before how many there had been when it began */
  #countLosses(before: number): void {
    if (this.#losses === before) {
      this.#ownLosses = 0;
    } else if (this.#lastOwnLoss !== this.#losses) {
      this.#lastOwnLoss = this.#losses;
      this.#ownLosses += 1;
      // A broker may name its clients by their accounts: then all that is ended is the cloud's own session.
      if (this.#ownLosses >= OWN_LOSSES) this.#refused('each takeover ends the connection of the cloud itself');
    }
  }

  #remember(deviceId: string): void {
    const waitMs = Math.min(LAST_AGAIN_MS, (this.#again.get(deviceId)?.waitMs ?? FIRST_AGAIN_MS / 2) * 2);
    this.#again.delete(deviceId);
    this.#again.set(deviceId, { at: this.#environment.now() + waitMs, waitMs });
    if (this.#again.size > MAX_REMEMBERED) this.#again.delete(this.#again.keys().next().value!);
  }

  #failed(entry: Waiting, error: Error): void {
    const { deviceId } = entry;
    if (error instanceof BrokerRefusal) {
      this.#remember(deviceId);
      this.#refusedBoards.add(deviceId);
      if (this.#refusedBoards.size >= REFUSED_BOARDS) this.#refused(error.message);
      else this.#tellRefusal(error.message);
      return;
    }
    const tries = entry.tries + 1;
    this.#log.debug('board_session_not_ended', { deviceId, why: error.message, tries });
    if (tries >= TRIES || !(this.#isLost || this.#mayEnd())) return;
    this.#waiting.set(deviceId, { ...entry, tries, notBefore: this.#environment.now() + TRY_AGAIN_MS });
  }

  #refused(why: string): void {
    this.#waiting.clear();
    this.#refusedUntil = this.#environment.now() + REFUSED_MS;
    this.#refusedBoards.clear();
    this.#tellRefusal(why);
  }

  #tellRefusal(why: string): void {
    if (this.#hasToldRefusal) return;
    this.#hasToldRefusal = true;
    this.#log.warn('sessions_not_ended', {
      why,
      mend: 'let the account of the cloud connect with the client ids of boards',
    });
  }
}
