import { HttpLines } from './http-lines.js';
import type { Text } from './text.js';

/** Why a request is refused: the status to answer with. */
export type HttpRefusal = 400 | 413 | 414 | 431 | 501 | 505;

/** A request that is complete. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Who is asked, in lower case and without the port; empty where an HTTP/1.0 client does not say. */
  readonly host: string;
  /** Beginning with a slash, without the query. */
  readonly path: string;
  /** The media type of the body in lower case, without parameters; empty where there is none. */
  readonly contentType: string;
  readonly body: string;
}

/** Longest body, bytes. It takes the place of the lines, which have been read by then. */
export const MAX_BODY_BYTES = 1_024;
const MAX_HEAD_BYTES = 8_192;
const MAX_HEADERS = 64;

/**
 * Takes an HTTP/1.1 request apart as its bytes come (RFC 9112): one kilobyte whatever comes, any split of the bytes gives the
 * same request. It takes one request, never throws, and knows no transfer coding.
 */
export class HttpRequestParser implements HttpRequest {
  method: HttpRequest['method'] = 'GET';
  host = '';
  path = '';
  contentType = '';
  body = '';
  readonly #text: Text;
  readonly #lines: HttpLines;
  #state: 'request' | 'header' | 'body' | 'complete' | 'refused' = 'request';
  #refusal: HttpRefusal = 400;
  #headBytes = 0;
  #headers = 0;
  /** HTTP/1.1 (RFC 9112, 3.2). */
  #needsHost = true;
  /** Absolute form: the host is the target's, whatever the header says (RFC 9112, 3.2.2). */
  #hasAbsoluteTarget = false;
  #hasHost = false;
  #length: number | undefined;
  #received = 0;

  constructor(text: Text) {
    this.#text = text;
    this.#lines = new HttpLines(text);
  }

  /** The whole request is there. */
  get complete(): boolean {
    return this.#state === 'complete';
  }

  /** Why it will never be; `undefined`: it may. */
  get refusal(): HttpRefusal | undefined {
    return this.#state === 'refused' ? this.#refusal : undefined;
  }

  /** Takes the next `count` bytes; what follows the request, or is refused, is dropped. */
  take(bytes: Uint8Array, count: number): void {
    let at = 0;
    while (at < count && (this.#state === 'request' || this.#state === 'header')) {
      const byte = bytes[at++]!;
      if (++this.#headBytes > MAX_HEAD_BYTES) this.#refuse(431);
      else if (this.#lines.push(byte)) this.#onLine(this.#lines.read());
      else if (this.#lines.overlong && this.#state === 'request') this.#refuse(414);
    }
    if (this.#state !== 'body') return;
    const end = Math.min(count, at + this.#length! - this.#received);
    this.#lines.buffer.set(bytes.subarray(at, end), this.#received);
    this.#received += end - at;
    if (this.#received === this.#length) this.#onBody();
  }

  /** @param line `undefined`: a header that is too long to keep (a cookie, a policy), which means nothing to us */
  #onLine(line: string | undefined): void {
    if (line !== undefined && hasControl(line)) this.#refuse(400);
    else if (this.#state === 'request') this.#onRequestLine(line!);
    else if (line === '') this.#onHeadEnd();
    else if (++this.#headers > MAX_HEADERS) this.#refuse(431);
    else if (line !== undefined) this.#onHeader(line);
  }

  #onRequestLine(line: string): void {
    // Empty lines before a request are passed over (RFC 9112, 2.2); the limit of the head ends them.
    if (line === '') return;
    const match = /^([^ ]+) ([^ ]+) (HTTP\/[0-9]\.[0-9])$/.exec(line);
    const [, method = '', target = '', version] = match ?? [];
    // Origin form, or the absolute form that every server takes (RFC 9112, 3.2).
    const parts = /^(?:http:\/\/([^/?#]*))?(\/[^?#]*)?(?:\?[^#]*)?$/i.exec(target);
    if (!isToken(method) || !parts || (parts[1] ?? parts[2]) === undefined) this.#refuse(400);
    else if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') this.#refuse(505);
    else if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') this.#refuse(501);
    else {
      this.method = method;
      this.path = parts[2] ?? '/';
      this.#needsHost = version === 'HTTP/1.1';
      this.#hasAbsoluteTarget = parts[1] !== undefined;
      this.host = hostOf(parts[1] ?? '');
      this.#state = 'header';
    }
  }

  #onHeader(line: string): void {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1).trim();
    // No blank before the colon, and no line that goes on in the next (RFC 9112, 5.1 and 5.2).
    if (!isToken(name)) this.#refuse(400);
    else
      switch (name.toLowerCase()) {
        case 'host':
          if (this.#hasHost) this.#refuse(400);
          this.#hasHost = true;
          if (!this.#hasAbsoluteTarget) this.host = hostOf(value);
          break;
        case 'content-type':
          this.contentType = value.split(';', 1)[0]!.trim().toLowerCase();
          break;
        case 'content-length':
          if (this.#length !== undefined || !/^[0-9]+$/.test(value)) this.#refuse(400);
          this.#length = Number(value);
          break;
        case 'transfer-encoding':
          this.#refuse(501);
      }
  }

  #onHeadEnd(): void {
    this.#length ??= 0;
    if (this.#needsHost && !this.#hasHost) this.#refuse(400);
    else if (this.#length > MAX_BODY_BYTES) this.#refuse(413);
    else this.#state = this.#length === 0 ? 'complete' : 'body';
  }

  #onBody(): void {
    this.#state = 'complete';
    try {
      this.body = this.#text.decode(this.#lines.buffer, 0, this.#received);
    } catch {
      this.#refuse(400);
    }
  }

  #refuse(status: HttpRefusal): void {
    this.#state = 'refused';
    this.#refusal = status;
  }
}

/** The host of `host:port`. */
function hostOf(authority: string): string {
  return authority.replace(/:[0-9]*$/, '').toLowerCase();
}

/** Whether there is a control character in it, a bare CR among them (RFC 9112, 2.2; RFC 9110, 5.5). */
function hasControl(line: string): boolean {
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code < 0x20 && code !== 0x09) return true;
  }
  return false;
}

/** `token` (RFC 9110, 5.6.2). */
function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}
