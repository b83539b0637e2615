import { HttpLines, MAX_LINE_BYTES } from './http-lines.js';
import type { Text } from './text.js';

/** An answer that is not HTTP/1.x, or over a limit. `code` is stable, the message says what. */
export class HttpParseError extends Error {
  readonly code = 'malformed_answer';
}

/** What a parser finds. */
export interface HttpAnswer {
  /** The head is complete. Header names are lower case; of a repeated header the last counts. */
  onHead(status: number, headers: ReadonlyMap<string, string>): void;
  /** A piece of the body, `bytes[start, end)`, good until the call returns. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
  /** The answer is complete. Nothing follows. */
  onComplete(): void;
}

const MAX_HEAD_BYTES = 16_384;
const MAX_HEADERS = 40;

type State =
  | 'status'
  | 'header'
  | 'body'
  | 'until_close'
  | 'chunk_size'
  | 'chunk'
  | 'chunk_end'
  | 'trailer'
  | 'complete';

/** Takes an HTTP/1.1 answer apart as its bytes come (RFC 9112): constant memory, any split of the bytes gives the same answer. */
export class HttpParser {
  readonly #sink: HttpAnswer;
  readonly #lines: HttpLines;
  #headBytes = 0;
  #state: State = 'status';
  #status = 0;
  #headers = new Map<string, string>();
  #lineCount = 0;
  #left = 0;

  constructor(text: Text, sink: HttpAnswer) {
    this.#lines = new HttpLines(text);
    this.#sink = sink;
  }

  get complete(): boolean {
    return this.#state === 'complete';
  }

  /** Takes the next `count` bytes. @throws {HttpParseError} and is then of no more use. */
  take(bytes: Uint8Array, count: number): void {
    let at = 0;
    while (at < count && this.#state !== 'complete') {
      if (this.#state === 'until_close' || this.#state === 'body' || this.#state === 'chunk') {
        const end = this.#state === 'until_close' ? count : Math.min(count, at + this.#left);
        this.#left -= end - at;
        this.#sink.onBody(bytes, at, end);
        at = end;
        if (this.#left === 0) {
          if (this.#state === 'body') this.#finish();
          else if (this.#state === 'chunk') this.#state = 'chunk_end';
        }
      } else {
        const byte = bytes[at++]!;
        if (++this.#headBytes > MAX_HEAD_BYTES) throw new HttpParseError(`a head is over ${MAX_HEAD_BYTES} bytes`);
        if (this.#lines.push(byte)) this.#endLine();
        else if (this.#lines.overlong) this.#allowOverlong();
      }
    }
  }

  /** The peer closed the connection. @throws {HttpParseError} when the answer is not complete. */
  end(): void {
    if (this.#state === 'until_close') this.#finish();
    else if (this.#state !== 'complete') throw new HttpParseError('the answer broke off');
  }

  #endLine(): void {
    const line = this.#lines.read();
    if (++this.#lineCount > MAX_HEADERS && this.#state !== 'chunk_size' && this.#state !== 'chunk_end') {
      throw new HttpParseError(`more than ${MAX_HEADERS} header lines`);
    }
    if (line === undefined) return;
    if (this.#state === 'status') this.#onStatus(line);
    else if (this.#state === 'header') this.#onHeader(line);
    else if (this.#state === 'chunk_size') this.#onChunkSize(line);
    else if (this.#state === 'chunk_end') {
      if (line !== '') throw new HttpParseError('a chunk is longer than it says');
      this.#state = 'chunk_size';
    } else if (line === '') this.#finish();
  }

  /** A header that is too long to keep (a policy, a cookie) means nothing to a board; any other line must be short. */
  #allowOverlong(): void {
    if (this.#state !== 'header' && this.#state !== 'trailer') {
      throw new HttpParseError(`a line is over ${MAX_LINE_BYTES} bytes`);
    }
  }

  #onStatus(line: string): void {
    const match = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: .*)?$/.exec(line);
    if (!match) throw new HttpParseError('the answer is not HTTP/1.1');
    this.#status = Number(match[1]);
    this.#state = 'header';
  }

  #onHeader(line: string): void {
    if (line !== '') {
      const colon = line.indexOf(':');
      if (colon < 1) throw new HttpParseError('a header line has no name');
      this.#headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
      return;
    }
    if (this.#status < 200) {
      // An interim answer (RFC 9110, 15.2): the real one follows. 101 was never asked for.
      if (this.#status === 101) throw new HttpParseError('the server switched protocols');
      this.#state = 'status';
      this.#headers.clear();
      return;
    }
    this.#sink.onHead(this.#status, this.#headers);
    this.#beginBody();
  }

  /** Which body follows (RFC 9112, 6.3). */
  #beginBody(): void {
    const coding = this.#headers.get('transfer-encoding');
    const length = this.#headers.get('content-length');
    if (this.#status === 204 || this.#status === 304) this.#finish();
    else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw new HttpParseError(`transfer coding ${coding.slice(0, 20)}`);
      this.#state = 'chunk_size';
    } else if (length !== undefined) {
      if (!/^[0-9]{1,10}$/.test(length)) throw new HttpParseError('Content-Length is not a number');
      this.#left = Number(length);
      this.#state = 'body';
      if (this.#left === 0) this.#finish();
    } else {
      this.#left = Number.POSITIVE_INFINITY;
      this.#state = 'until_close';
    }
  }

  #onChunkSize(line: string): void {
    const match = /^0*([0-9a-fA-F]{1,7})[ \t]*(?:;.*)?$/.exec(line);
    if (!match) throw new HttpParseError('a chunk has no size');
    this.#left = Number.parseInt(match[1]!, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    this.#lineCount = 0;
    this.#headBytes = 0;
  }

  #finish(): void {
    this.#state = 'complete';
    this.#sink.onComplete();
  }
}
