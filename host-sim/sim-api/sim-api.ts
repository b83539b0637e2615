import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { BoardEvent } from '../../src/core/events.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Timer } from '../../src/ports/timer.js';
import { type Authenticate, checkCaller, isWelcome, Tokens } from './access.js';
import { createApp, HEADERS, type OnFault, toSimApiError } from './app.js';
import type { SimBoardPort } from './board-port.js';
import { Boards } from './boards.js';
import type { SimServices } from './endpoint.js';
import { failure } from './errors.js';
import { SIM_PATH } from './messages.js';
import { Streams } from './streams.js';
import { WireRing } from './wire-ring.js';

export interface SimApiOptions {
  /** The world's own token. */
  readonly token: string;
  /** Whether another token is as good. */
  readonly authenticate: Authenticate;
  /** What has happened to these boards, or to all, as a file for `smartlink world --replay`. */
  readonly recording: (serials?: readonly string[]) => object;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly onFault: OnFault;
}

/**
 * `/sim/v1`: what a person does to simulated boards, and what he sees of them (docs/sim-api.md). A mount: it answers
 * requests that a server of somebody else's passes on.
 */
export class SimApi {
  readonly #boards: Boards;
  readonly #streams: Streams;
  readonly #tokens: Tokens;
  readonly #services: SimServices;
  readonly #onFault: OnFault;
  #app: Promise<FastifyInstance> | undefined;
  #closed = false;

  constructor(options: SimApiOptions) {
    const { token, authenticate, recording, clock, timer, onFault } = options;
    const ring = new WireRing();
    this.#boards = new Boards(ring);
    this.#streams = new Streams({ boards: this.#boards, ring, clock, timer });
    this.#tokens = new Tokens(token, authenticate);
    this.#onFault = onFault;
    this.#services = {
      boards: this.#boards,
      ring,
      streams: this.#streams,
      recording,
      mayStay: (request) =>
        this.#tokens.check(request).then(
          () => true,
          () => false,
        ),
    };
  }

  serves(path: string): boolean {
    return path === SIM_PATH || path.startsWith(`${SIM_PATH}/`);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed) {
      response.destroy();
      return;
    }
    this.#admit(request).then(
      (app) => {
        // The end of a caller who has left meanwhile is not told again: he would hold his stream for ever.
        if (this.#closed || response.destroyed) response.destroy();
        else app.routing(request, response);
      },
      (error: unknown) => this.#refuse(response, error),
    );
  }

  /** Only who may ask is told where. */
  announce(request: IncomingMessage): { readonly name: string; readonly path: string } | undefined {
    return isWelcome(request) ? { name: 'sim', path: SIM_PATH } : undefined;
  }

  /** More boards; those that are known already stay as they are. @param airRssi strength of their access point, dBm */
  attach(boards: readonly SimBoardPort[], airRssi: number): void {
    this.#boards.setAir(airRssi);
    for (const board of boards) this.#boards.add(board);
  }

  /** A board said this. */
  event(board: SimBoardPort, event: BoardEvent): void {
    this.#boards.event(board, event);
  }

  crashed(board: SimBoardPort): void {
    this.#boards.crashed(board);
  }

  /** Ends all streams at once, and answers nobody any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#streams.close();
    this.#boards.close();
    await (await this.#app)?.close();
  }

  async #admit(request: IncomingMessage): Promise<FastifyInstance> {
    checkCaller(request);
    await this.#tokens.check(request);
    this.#app ??= createApp(this.#services, this.#onFault);
    return this.#app;
  }

  #refuse(response: ServerResponse, error: unknown): void {
    const known = toSimApiError(error, this.#onFault);
    response.writeHead(known.status, HEADERS).end(JSON.stringify(failure(known)));
  }
}
