import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError, sentenceOf } from '../../net/api-error.js';
import type { Board } from '../../state/board.js';
import type { World } from '../../state/world.js';

/** How long the cloud is asked to wait for a board's answer, ms. */
export const WAIT_MS = 5_000;
const MOST = 50;
/** Commands that may be under way: of more, a browser holds back requests, and what it holds back is not sent, nor is its time the board's. */
const MOST_WAITING = 4;

/** A board's answer to a command. */
export interface BoardReply {
  /** 200, or why the board refused. */
  readonly code: number;
  readonly message?: string;
  readonly data?: object;
}

/** What became of a command; `tookMs` is from the request to its answer, by this page's clock. */
export type Outcome =
  | { readonly kind: 'waiting' }
  /** The board answered. */
  | { readonly kind: 'answered'; readonly tookMs: number; readonly reply: BoardReply }
  /** The cloud has it, or the board; nobody waited for an answer. */
  | { readonly kind: 'taken'; readonly tookMs: number }
  | { readonly kind: 'refused'; readonly tookMs: number; readonly word: string; readonly sentence: string };

export interface SentCommand {
  readonly id: number;
  /** ms since 1970. */
  readonly at: number;
  /** Of the request, query included. */
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly waits: boolean;
  readonly outcome: Outcome;
}

/** The last 50 commands that this page sent to a board, newest first. Kept in memory, as long as the page has the board. */
export class CommandLog {
  static readonly #logs = new WeakMap<Board, CommandLog>();
  readonly #board: Board;
  readonly #list = signal<readonly SentCommand[]>([]);
  #last = 0;

  static of(board: Board): CommandLog {
    let log = CommandLog.#logs.get(board);
    if (log === undefined) {
      log = new CommandLog(board);
      CommandLog.#logs.set(board, log);
    }
    return log;
  }

  private constructor(board: Board) {
    this.#board = board;
  }

  get list(): ReadonlySignal<readonly SentCommand[]> {
    return this.#list;
  }

  /** Whether another command may be sent: at most four wait for an answer. */
  get hasRoom(): boolean {
    return this.#list.peek().filter(({ outcome }) => outcome.kind === 'waiting').length < MOST_WAITING;
  }

  /**
   * Sends a command, where there is room. @param waits whether the cloud is to wait for the board's answer
   * @throws nothing: the log has what became of it
   */
  async send({ api, session }: World, params: SentCommand['params'], waits: boolean): Promise<void> {
    if (!this.hasRoom) return;
    const { deviceId = this.#board.id } = this.#board.device.peek() ?? {};
    const path = `/devices/${encodeURIComponent(deviceId)}/control${waits ? `?wait=${WAIT_MS}` : ''}`;
    const id = ++this.#last;
    const command = {
      id,
      at: Date.now(),
      path: `/api/v1${path}`,
      params,
      waits,
      outcome: { kind: 'waiting' },
    } as const;
    this.#list.value = [command, ...this.#list.peek()].slice(0, MOST);
    // A login that has to be renewed first is not the board's time; where it cannot be, the request says so.
    await session.token().catch(() => undefined);
    const start = performance.now();
    const tookMs = (): number => performance.now() - start;
    try {
      const { reply } = await api.post<{ readonly reply?: BoardReply }>(path, params);
      this.#end(id, reply ? { kind: 'answered', tookMs: tookMs(), reply } : { kind: 'taken', tookMs: tookMs() });
    } catch (error) {
      const word = error instanceof ApiError ? error.word : 'internal_error';
      this.#end(id, { kind: 'refused', tookMs: tookMs(), word, sentence: sentenceOf(error) });
    }
  }

  #end(id: number, outcome: Outcome): void {
    this.#list.value = this.#list.peek().map((one) => (one.id === id ? { ...one, outcome } : one));
  }
}
