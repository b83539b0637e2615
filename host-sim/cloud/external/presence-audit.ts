import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { AnswerPatience } from './answer-patience.js';

/** A board that was not heard of for this long is asked: two of the keep alives that boards are told, ms. */
export const SILENCE_MS = 120_000;
/** Between two questions to one board, and after the last, ms: the second where answers take long. */
export const ANSWER_WITHIN_MS = 5_000;
const SLOW_ANSWER_WITHIN_MS = 15_000;
/** Where more than this many boards, and this share of all, leave a question unanswered at a time, it is rather the way to them that is slow. */
const MANY = 20;
const MANY_SHARE = 0.1;
export const QUESTIONS = 3;
/** A session that has just begun is asked after this time, and up to the second later, whether its board hears, ms: what a broker does to new subscriptions when a node of it is gone it does soon. */
const HEARS_AFTER_MS = 10_000;
const HEARS_SPREAD_MS = 5_000;
/** Between two looks at who is to be asked, ms: where somebody was the last time, and otherwise. */
const BUSY_TICK_MS = 100;
const IDLE_TICK_MS = 1_000;
/** Boards that are asked together. */
const QUESTIONS_A_TICK = 50;
/** Boards that are believed offline and have spoken: how many are asked at a time. */
const MAX_SUSPECTS = 1_024;

/** Why a board is held to be silent: it says nothing, or it answers nothing, whatever else it says. */
export type Silence = 'silent' | 'hears_nothing';

/** What is asked. */
export interface AuditedBoard {
  readonly deviceId: string;
}

interface Entry<B> {
  readonly board: B;
  /** The board is believed online; otherwise it is asked whether it is. */
  readonly isOnline: boolean;
  /** It spoke though it is believed offline. */
  isSuspect: boolean;
  heardAt: number;
  /** Of the question that is open, if one is. */
  id: string | undefined;
  asked: number;
  firstAskedAt: number;
  askedAt: number;
  /** To be asked at the next opportunity, whenever it was heard of. */
  isDue: boolean;
  /** When it is asked whether it hears, if it is to be. */
  hearsAt: number | undefined;
  /** Whether it hears is the question: what it says by itself is no answer. */
  mustAnswer: boolean;
  /** It has left all questions unanswered, as all before: it is not asked again, and what it says proves what an answer would. */
  isMute: boolean;
}

/**
 * Who is online, where nobody tells of ends of connections: boards that are silent are asked, and those whose word is doubtful. And
 * who hears: a broker may have lost the subscriptions of a board that goes on speaking, so each is asked a while after its session
 * began, and when it has left a command unanswered.
 * The silence of a board that has never answered means nothing: it stays what it said. So it is asked when it comes online, while it
 * certainly hears. Nothing is judged while the broker is away.
 */
export class PresenceAudit<B extends AuditedBoard> {
  readonly #environment: CloudEnvironment;
  readonly #newId: () => string;
  readonly #ask: (board: B, id: string) => void;
  readonly #onSilent: (board: B, why: Silence) => void;
  readonly #hasAnswered: (board: B) => boolean;
  readonly #mayJudge: () => boolean;
  readonly #hasHeardUntil: (time: number) => boolean;
  readonly #entries = new Map<string, Entry<B>>();
  readonly #patience: AnswerPatience;
  #suspects = 0;
  /** Who is asked whatever is believed of him. */
  #others: Iterator<B> | undefined;
  #cancelTick: CancelTimer | undefined;
  /** After how long the tick that is to come was to come. */
  #tickMs = 0;
  #isPaused = true;

  constructor(options: {
    environment: CloudEnvironment;
    newId: () => string;
    /** Sends a question, which has the same id when it is repeated. */
    ask: (board: B, id: string) => void;
    /**
     * Is told of a board that has left all questions unanswered, and has answered before: one believed online, or one that spoke though
     * it is believed offline, and so is connected and hears nothing.
     */
    onSilent: (board: B, why: Silence) => void;
    /** Whether a board has ever answered a question. */
    hasAnswered: (board: B) => boolean;
    /** Whether this process is the one to ask. */
    mayJudge: () => boolean;
    /** Whether all that was said until then has arrived: before that nobody is held to be silent. */
    hasHeardUntil: (time: number) => boolean;
  }) {
    this.#environment = options.environment;
    this.#newId = options.newId;
    this.#ask = options.ask;
    this.#onSilent = options.onSilent;
    this.#hasAnswered = options.hasAnswered;
    this.#mayJudge = options.mayJudge;
    this.#hasHeardUntil = options.hasHeardUntil;
    const [leastMs, mostMs] = [ANSWER_WITHIN_MS, SLOW_ANSWER_WITHIN_MS];
    this.#patience = new AnswerPatience({ environment: options.environment, leastMs, mostMs });
  }

  /** A board is believed online from now on. @param isNew its session has just begun, so it is asked a while later whether it hears */
  watch(board: B, { isNew }: { readonly isNew: boolean }): void {
    this.#remove(board.deviceId);
    const entry = this.#add(board, { isOnline: true });
    const spreadMs = (this.#environment.randomBytes(1).readUInt8() / 0x100) * HEARS_SPREAD_MS;
    if (isNew) entry.hearsAt = entry.heardAt + HEARS_AFTER_MS + spreadMs;
  }

  /** A board that is believed online has not answered a command in time: that counts as a question. */
  doubt(deviceId: string): void {
    const entry = this.#entries.get(deviceId);
    if (!entry?.isOnline || entry.isMute || entry.mustAnswer || !this.#mayJudge()) return;
    entry.mustAnswer = true;
    entry.asked = Math.max(entry.asked, 1);
    if (entry.asked === 1) entry.askedAt = this.#environment.now() - SLOW_ANSWER_WITHIN_MS;
    this.#tickLater(BUSY_TICK_MS);
  }

  /** Notes that a board has said something, which it may have said a while ago; true where it proves one online that is believed offline. */
  heard(board: B): boolean {
    const entry = this.#entries.get(board.deviceId);
    if (!entry) {
      this.#suspect(board);
      return false;
    }
    // Right after the broker is back come messages that it has kept; what comes later was said meanwhile.
    const isNow = entry.asked > 1 || entry.isMute;
    if (!entry.isOnline) {
      if (isNow) this.#remove(board.deviceId);
      return isNow;
    }
    entry.heardAt = this.#environment.now();
    if (!entry.mustAnswer && (!entry.isDue || isNow)) settle(entry);
    return false;
  }

  /** Takes an answer to a property get; false where it answers no question of this audit. */
  answered(deviceId: string, id: string): boolean {
    const entry = this.#entries.get(deviceId);
    if (entry?.isOnline) entry.isMute = false;
    if (entry?.id !== id) return false;
    entry.heardAt = this.#environment.now();
    this.#patience.took(entry.heardAt - entry.firstAskedAt);
    settle(entry);
    if (!entry.isOnline) this.#remove(deviceId);
    return true;
  }

  /** A question could not be handed to the broker: nobody has left it unanswered, and it is repeated. */
  notAsked(deviceId: string, id: string): void {
    const entry = this.#entries.get(deviceId);
    if (entry?.id === id) entry.asked = Math.max(1, entry.asked - 1);
  }

  /** A board is offline, or unknown. */
  forget(deviceId: string): void {
    this.#remove(deviceId);
  }

  /** The broker is away. */
  pause(): void {
    this.#isPaused = true;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  /**
   * The broker is back: whoever is believed online is asked.
   * @param others are asked, too, as the pace allows; those of an earlier call that was not through are gone on with otherwise
   */
  resume(others?: Iterator<B>): void {
    this.#isPaused = false;
    this.#others = others ?? this.#others;
    this.askAll();
  }

  /** Has whoever is believed online asked, since nobody knows what was missed; while the broker is away that waits for its return. */
  askAll(): void {
    if (this.#isPaused) return;
    for (const entry of this.#entries.values()) {
      if (entry.isMute && !entry.isOnline) this.#entries.delete(entry.board.deviceId);
      const { mustAnswer } = entry;
      settle(entry);
      entry.isDue = true;
      entry.mustAnswer = mustAnswer;
      entry.isMute = false;
    }
    this.#tick();
  }

  #add(board: B, { isOnline = false, isSuspect = false }): Entry<B> {
    const heardAt = this.#environment.now();
    const entry: Entry<B> = {
      board,
      isOnline,
      isSuspect,
      heardAt,
      id: undefined,
      asked: 0,
      firstAskedAt: 0,
      askedAt: 0,
      isDue: !isOnline || !this.#hasAnswered(board),
      hearsAt: undefined,
      mustAnswer: false,
      isMute: false,
    };
    this.#entries.set(board.deviceId, entry);
    if (isSuspect) this.#suspects += 1;
    if (!isOnline || !this.#cancelTick) this.#tickLater(BUSY_TICK_MS);
    return entry;
  }

  #remove(deviceId: string): void {
    const entry = this.#entries.get(deviceId);
    if (!entry) return;
    this.#entries.delete(deviceId);
    if (entry.isSuspect) this.#suspects -= 1;
  }

  #suspect(board: B): void {
    if (this.#suspects >= MAX_SUSPECTS || !this.#mayJudge()) return;
    this.#add(board, { isSuspect: true });
  }

  #tickLater(delayMs: number): void {
    // One that comes earlier is never put off.
    if (this.#isPaused || (this.#cancelTick && this.#tickMs <= delayMs)) return;
    this.#cancelTick?.();
    this.#tickMs = delayMs;
    this.#cancelTick = this.#environment.setTimer(() => {
      this.#cancelTick = undefined;
      this.#tick();
    }, delayMs);
  }

  #tick(): void {
    const now = this.#environment.now();
    const mayAsk = this.#mayJudge() ? QUESTIONS_A_TICK : 0;
    let room = mayAsk;
    const silent: Entry<B>[] = [];
    const patienceMs = this.#areManySilent() ? SLOW_ANSWER_WITHIN_MS : this.#patience.ms;
    let isWaiting = false;
    for (const entry of this.#entries.values()) {
      if (room === 0) break;
      if (!isToBeAsked(entry, now, patienceMs)) continue;
      if (entry.asked === QUESTIONS) {
        if (this.#hasHeardUntil(entry.askedAt + patienceMs)) silent.push(entry);
        else isWaiting = true;
        continue;
      }
      room -= 1;
      this.#question(entry);
    }
    for (const entry of silent) this.#silent(entry);
    for (; room > 0 && this.#others; room -= 1) {
      const { value, done } = this.#others.next();
      if (done) this.#others = undefined;
      else if (!this.#entries.has(value.deviceId)) this.#question(this.#add(value, {}));
    }
    if (this.#entries.size > 0 || this.#others)
      this.#tickLater(room < mayAsk || isWaiting ? BUSY_TICK_MS : IDLE_TICK_MS);
  }

  #areManySilent(): boolean {
    let count = 0;
    for (const { isOnline, asked } of this.#entries.values()) if (isOnline && asked > 1) count += 1;
    return count > Math.max(MANY, MANY_SHARE * this.#entries.size);
  }

  #question(entry: Entry<B>): void {
    entry.asked += 1;
    entry.askedAt = this.#environment.now();
    if (entry.hearsAt !== undefined && entry.hearsAt <= entry.askedAt) {
      entry.hearsAt = undefined;
      entry.mustAnswer = true;
    }
    if (entry.id === undefined) {
      entry.id = this.#newId();
      entry.firstAskedAt = entry.askedAt;
    }
    this.#ask(entry.board, entry.id);
  }

  #silent(entry: Entry<B>): void {
    const { board, isOnline } = entry;
    if ((isOnline || entry.isSuspect) && !this.#hasAnswered(board)) {
      settle(entry);
      entry.isMute = true;
      if (entry.isSuspect) this.#suspects -= 1;
      entry.isSuspect = false;
      return;
    }
    this.#remove(board.deviceId);
    if (isOnline || entry.isSuspect) this.#onSilent(board, isOnline && !entry.mustAnswer ? 'silent' : 'hears_nothing');
  }
}

function isToBeAsked(entry: Entry<unknown>, now: number, patienceMs: number): boolean {
  if (entry.isMute) return false;
  if (entry.asked > 0) return now - entry.askedAt >= patienceMs;
  return entry.isDue || now - entry.heardAt >= SILENCE_MS || (entry.hearsAt !== undefined && entry.hearsAt <= now);
}

function settle(entry: Entry<unknown>): void {
  entry.id = undefined;
  entry.asked = 0;
  entry.isDue = false;
  entry.mustAnswer = false;
}
