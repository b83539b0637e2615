import { HttpParser } from '../../src/core/http-parser.js';
import { createNodeText } from '../host/node-text.js';
import { redactHeader, redactRequest } from './redact-http.js';
import { hide, redactJson } from './redact-json.js';

/** Of a request, and of the body of an answer, so much is kept, bytes. */
const MOST_KEPT = 4_096;
/** Of the headers of an answer, characters. */
const MOST_HEADERS = 4_096;

/** What is left of an exchange, without its secrets. */
export interface HttpRecord {
  /** What was sent: its beginning. */
  readonly request: Uint8Array;
  /** undefined: no answer came. */
  readonly status: number | undefined;
  readonly headers: readonly (readonly [string, string])[];
  /** The beginning of an answer that is JSON; of any other, nothing. */
  readonly body: Uint8Array;
  readonly bodyBytes: number;
  /** There and back. */
  readonly bytes: number;
}

/** Collects one HTTP exchange from the bytes of its connection. */
export class HttpExchange {
  readonly #request = new Collector();
  readonly #body = new Collector();
  readonly #parser: HttpParser;
  #status: number | undefined;
  #headers: (readonly [string, string])[] = [];
  #isJson = false;
  #answerBytes = 0;
  #isComplete = false;
  #isBroken = false;

  constructor() {
    this.#parser = new HttpParser(createNodeText(), {
      onHead: (status, headers) => this.#onHead(status, headers),
      onBody: (bytes, start, end) => this.#body.take(bytes.subarray(start, end), this.#isJson),
      onComplete: () => {
        this.#isComplete = true;
      },
    });
  }

  sent(bytes: Uint8Array): void {
    this.#request.take(bytes, true);
  }

  /** Returns whether the answer is complete. */
  received(bytes: Uint8Array): boolean {
    this.#answerBytes += bytes.length;
    try {
      if (!this.#isBroken) this.#parser.take(bytes, bytes.length);
    } catch {
      this.#isBroken = true;
    }
    return this.#isComplete;
  }

  /** What there has been until now. Nothing is to be taken after it. */
  close(): HttpRecord {
    const [request, body] = [this.#request, this.#body];
    const sent = request.kept();
    redactRequest(sent, request.isCut);
    const said = body.kept();
    if (this.#isBroken) hide(said);
    else redactJson(said, body.isCut || !this.#isComplete);
    return {
      request: sent,
      status: this.#status,
      headers: this.#headers,
      body: said,
      bodyBytes: body.bytes,
      bytes: request.bytes + this.#answerBytes,
    };
  }

  #onHead(status: number, headers: ReadonlyMap<string, string>): void {
    this.#status = status;
    this.#isJson = /\bjson\b/i.test(headers.get('content-type') ?? '') && !headers.has('content-encoding');
    let length = 0;
    for (const [name, value] of headers) {
      length += name.length + value.length;
      if (length > MOST_HEADERS) return;
      this.#headers.push([name, redactHeader(name, value)]);
    }
  }
}

/** Keeps the beginning of what comes, and counts the rest. */
class Collector {
  #pieces: Uint8Array[] = [];
  #length = 0;
  bytes = 0;

  get isCut(): boolean {
    return this.bytes > this.#length;
  }

  take(bytes: Uint8Array, isKept: boolean): void {
    this.bytes += bytes.length;
    const room = MOST_KEPT - this.#length;
    if (!isKept || room === 0 || bytes.length === 0) return;
    const piece = Uint8Array.from(bytes.subarray(0, room));
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  kept(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    return all;
  }
}
