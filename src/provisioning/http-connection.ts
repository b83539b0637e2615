import { type HttpRequest, HttpRequestParser } from '../core/http-request-parser.js';
import type { TcpEvents, TcpSocket } from '../ports/socket.js';
import type { Text } from '../ports/text.js';
import type { Timer } from '../ports/timer.js';
import { Deadline } from './deadline.js';
import { emptyResponse, type HttpResponse } from './http-response.js';

export interface HttpConnectionOptions {
  readonly timer: Timer;
  readonly text: Text;
  /** `PIECE_BYTES` that all connections share: it is used within a call alone. */
  readonly buffer: Uint8Array;
  answer(request: HttpRequest): HttpResponse;
  /** The connection is over, by itself; nothing is called after this. */
  onClosed(connection: HttpConnection): void;
}

/** Time for a whole request, ms. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Time for a whole response, ms. */
const RESPONSE_TIMEOUT_MS = 30_000;
/** A client that has its response closes the connection; it is given this long, ms. */
const LINGER_MS = 2_000;
/** On every response. */
const COMMON_HEADERS = 'Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff';

/**
 * One exchange of HTTP/1.1 on a connection that a client has made, then its end. The response leaves piece by piece as the
 * socket has room. The client closes first: closing on bytes that nobody has read would reset the connection under a
 * response that is still on its way (RFC 9112, 9.6).
 */
export class HttpConnection implements TcpEvents {
  readonly #socket: TcpSocket;
  readonly #options: HttpConnectionOptions;
  readonly #parser: HttpRequestParser;
  readonly #deadline: Deadline;
  #state: 'receiving' | 'sending' | 'sent' | 'closed' = 'receiving';
  #isIdle = true;
  #response: HttpResponse | undefined;
  #head = '';
  /** Bytes that the socket takes now. */
  #room = 0;
  /** The next piece, −1 for the head, and how much of it has gone. */
  #piece = -1;
  #offset = 0;
  /** Pieces that are sent: those of the body, or none. */
  #pieces = 0;

  constructor(socket: TcpSocket, options: HttpConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#parser = new HttpRequestParser(options.text);
    this.#deadline = new Deadline(options.timer, () => this.#end());
    this.#deadline.start(REQUEST_TIMEOUT_MS);
  }

  /** Nothing has come on it yet: browsers open some to have them at hand. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  onReadable(): void {
    this.#isIdle = false;
    const { buffer } = this.#options;
    while (this.#state !== 'closed') {
      const count = this.#socket.read(buffer);
      if (count <= 0) return;
      if (this.#state === 'receiving') this.#take(buffer, count);
    }
  }

  onWritable(count: number): void {
    this.#room = count;
    this.#send();
  }

  onError(): void {
    this.#end();
  }

  /** Ends it silently. May be called twice. */
  close(): void {
    this.#state = 'closed';
    this.#deadline.stop();
    this.#socket.close();
  }

  #take(bytes: Uint8Array, count: number): void {
    const parser = this.#parser;
    parser.take(bytes, count);
    if (parser.refusal !== undefined) this.#respond(emptyResponse(parser.refusal));
    else if (parser.complete) this.#respond(this.#options.answer(parser));
  }

  #respond(response: HttpResponse): void {
    // Whoever answered may have closed us.
    if (this.#state === 'closed') return;
    const { status, length, headers } = response;
    this.#head = `${[`HTTP/1.1 ${status} `, `Content-Length: ${length}`, COMMON_HEADERS, ...headers].join('\r\n')}\r\n\r\n`;
    this.#pieces = this.#parser.method === 'HEAD' ? 0 : response.body.length;
    this.#response = response;
    this.#state = 'sending';
    this.#deadline.start(RESPONSE_TIMEOUT_MS);
    this.#send();
  }

  #send(): void {
    const { buffer, text } = this.#options;
    while (this.#state === 'sending' && this.#room > 0) {
      const piece = this.#piece < 0 ? this.#head : this.#response!.body[this.#piece]!;
      const end = text.encode(piece, buffer, 0);
      const next = Math.min(end, this.#offset + this.#room);
      try {
        this.#room = this.#socket.write(buffer.subarray(this.#offset, next));
      } catch {
        this.#end();
        return;
      }
      this.#offset = next;
      if (next < end) continue;
      this.#offset = 0;
      if (++this.#piece < this.#pieces) continue;
      this.#state = 'sent';
      this.#deadline.start(LINGER_MS);
    }
  }

  #end(): void {
    if (this.#state === 'closed') return;
    const whole = this.#state === 'sent';
    this.close();
    this.#options.onClosed(this);
    this.#response?.onEnd?.(whole);
  }
}
