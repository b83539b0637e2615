import { HttpParseError, HttpParser } from '../core/http-parser.js';
import { defaultPort } from '../core/url.js';
import { Connection, type ConnectionFailure, type Security } from '../net/connection.js';
import type { Network } from '../ports/host.js';
import type { Text } from '../ports/text.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

export type HttpFailure = ConnectionFailure | 'idle_timeout' | 'deadline' | 'malformed_answer';

export interface HttpRequestOptions {
  readonly network: Network;
  readonly timer: Timer;
  readonly text: Text;
  readonly host: string;
  readonly port: number;
  /** Absent: the exchange is in the clear. */
  readonly security?: Security | undefined;
  readonly method: 'GET' | 'POST';
  /** Path with query. */
  readonly path: string;
  /** Further header lines, each `Name: value`. */
  readonly headers?: readonly string[];
  /** JSON body. */
  readonly body?: string;
  /** Time for the whole exchange, ms (default 30 s). */
  readonly deadlineMs?: number;
  /** In its place, time from the connection to the head, ms: how long the body takes is for its receiver to judge. */
  readonly headDeadlineMs?: number;
  /** The head has come. Header names are lower case. */
  onHead(status: number, headers: ReadonlyMap<string, string>): void;
  /** A piece of the body, good until the call returns. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
  /** The answer is complete. */
  onComplete(): void;
  /** There is no answer, or it broke off; nothing is called after this, nor after `onComplete`. */
  onFailed(failure: HttpFailure): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Longest silence of the server, ms. */
const IDLE_TIMEOUT_MS = 10_000;
/** Silence is counted in these, a begun one as a whole one, so that no timer is made for each piece of a long answer. */
const IDLE_TICK_MS = 1_000;
const DEADLINE_MS = 30_000;
const READ_BYTES = 1_024;

/** One HTTP/1.1 exchange on a connection of its own. The body streams through one small buffer, whatever its size. */
export class HttpRequest {
  readonly #options: HttpRequestOptions;
  readonly #connection: Connection;
  readonly #parser: HttpParser;
  /** Made when something comes. */
  #buffer: Uint8Array | undefined;
  #deadline: TimerHandle | undefined;
  #idle: TimerHandle | undefined;
  #silentMs = 0;
  #done = false;

  constructor(options: HttpRequestOptions) {
    const { timer, text, headDeadlineMs } = options;
    this.#options = options;
    this.#parser = new HttpParser(text, {
      onHead: (status, headers) => {
        if (headDeadlineMs !== undefined) timer.clear(this.#deadline);
        options.onHead(status, headers);
      },
      onBody: (bytes, start, end) => {
        // The receiver may have given up in a call before.
        if (!this.#done) options.onBody(bytes, start, end);
      },
      onComplete: () => {
        if (this.#done) return;
        this.close();
        options.onComplete();
      },
    });
    const request = this.#request();
    this.#connection = new Connection({
      network: options.network,
      timer,
      host: options.host,
      port: options.port,
      security: options.security,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      sendBuffer: request,
      onOpen: () => {
        this.#connection.commit(request.length);
        this.#idle = timer.repeat(() => this.#onIdleTick(), IDLE_TICK_MS);
        if (headDeadlineMs !== undefined) this.#failAfter(headDeadlineMs);
      },
      onReadable: () => this.#onReadable(),
      onFailed: (failure) => this.#onFailed(failure),
    });
    if (headDeadlineMs === undefined) this.#failAfter(options.deadlineMs ?? DEADLINE_MS);
  }

  /** Gives the exchange up, silently. May be called twice. */
  close(): void {
    if (this.#done) return;
    this.#done = true;
    const { timer } = this.#options;
    timer.clear(this.#deadline);
    timer.clear(this.#idle);
    this.#connection.close();
  }

  #request(): Uint8Array {
    const { method, path, host, port, security, headers, body, text } = this.#options;
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${port === defaultPort(security !== undefined) ? host : `${host}:${port}`}`,
      'Connection: close',
    ];
    if (headers) for (const line of headers) lines.push(line);
    // A JSON body is sent as UTF-8; its length in bytes stands in the head, so it is encoded first.
    const bytes = new Uint8Array(3 * (body?.length ?? 0));
    const length = body === undefined ? 0 : text.encode(body, bytes, 0);
    if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${length}`);
    const head = `${lines.join('\r\n')}\r\n\r\n`;
    const request = new Uint8Array(3 * head.length + length);
    const bodyAt = text.encode(head, request, 0);
    request.set(bytes.subarray(0, length), bodyAt);
    return request.slice(0, bodyAt + length);
  }

  #onReadable(): void {
    this.#silentMs = 0;
    this.#buffer ??= new Uint8Array(READ_BYTES);
    try {
      while (!this.#done) {
        const count = this.#connection.read(this.#buffer);
        if (count <= 0) return;
        this.#parser.take(this.#buffer, count);
      }
    } catch (error) {
      if (!(error instanceof HttpParseError)) throw error;
      this.#fail('malformed_answer');
    }
  }

  #onFailed(failure: ConnectionFailure): void {
    if (failure !== 'closed') {
      this.#fail(failure);
      return;
    }
    try {
      this.#parser.end();
    } catch (error) {
      if (!(error instanceof HttpParseError)) throw error;
      this.#fail('closed');
    }
  }

  #onIdleTick(): void {
    this.#silentMs += IDLE_TICK_MS;
    if (this.#silentMs >= IDLE_TIMEOUT_MS) this.#fail('idle_timeout');
  }

  #failAfter(delayMs: number): void {
    this.#deadline = this.#options.timer.set(() => this.#fail('deadline'), delayMs);
  }

  #fail(failure: HttpFailure): void {
    if (this.#done) return;
    this.close();
    this.#options.onFailed(failure);
  }
}
