import { retryAfterMs } from '../core/retry-after.js';
import type { HttpUrl } from '../core/url.js';
import { HttpRequest } from '../http/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { downloadFailure, exchangeFailure, type TryFailure } from './failure.js';
import { packageUrl, redirectedUrl } from './package-url.js';

/** The rest of a file of which the beginning is there. */
export interface Rest {
  /** The first byte that is wanted. */
  readonly from: number;
  /** Bytes of the whole file. */
  readonly fileBytes: number;
  /** Strong entity tag of what is there. */
  readonly etag: string;
}

export interface PackageAnswer {
  /** The file comes from its beginning, whatever was asked for. */
  readonly isWhole: boolean;
  /** Only a strong one. */
  readonly etag: string | undefined;
  /** Bytes of the answer, where it says so. */
  readonly bytes: number | undefined;
}

export interface PackageRequestOptions {
  readonly host: Host;
  readonly url: string;
  /** Whom to believe: with it only `https:` goes, without it only `http:`. */
  readonly security: Security | undefined;
  /** Absent: the whole file is wanted. */
  readonly rest: Rest | undefined;
  onAnswer(answer: PackageAnswer): void;
  /** A piece of the file, good until the call returns. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
  /** The answer has ended by itself. */
  onComplete(): void;
  /** Nothing is called after this, nor after `onComplete`; nothing from inside the constructor. */
  onFailed(failure: TryFailure): void;
}

const MAX_REDIRECTS = 3;
const HEAD_DEADLINE_MS = 10_000;
/** An answer of which fewer bytes come in this time is broken off. */
const PACE_MS = 60_000;
const PACE_BYTES = 65_536;

/** Asks once for a package or the rest of one (RFC 9110, 13.1.5 and 14.2), over redirects; every byte it hands on is where it should be. */
export class PackageRequest {
  readonly #options: PackageRequestOptions;
  #request: HttpRequest | undefined;
  #redirects = 0;
  #soon: TimerHandle | undefined;
  #pace: TimerHandle | undefined;
  #paceBytes = 0;

  constructor(options: PackageRequestOptions) {
    this.#options = options;
    const failure = this.#ask(options.url);
    if (failure !== undefined) this.#soon = options.host.timer.set(() => options.onFailed(failure));
  }

  /** Gives it up, silently. May be called twice. */
  close(): void {
    const { timer } = this.#options.host;
    timer.clear(this.#soon);
    timer.clear(this.#pace);
    this.#soon = this.#pace = undefined;
    this.#request?.close();
    this.#request = undefined;
  }

  /** Makes the request, or says why there is none. */
  #ask(address: string): TryFailure | undefined {
    const { host, security, rest, onComplete } = this.#options;
    const url = packageUrl(address, security !== undefined);
    if (typeof url === 'string') return downloadFailure('end', 'url_refused', url);
    const headers = ['Accept-Encoding: identity'];
    if (rest !== undefined) headers.push(`Range: bytes=${rest.from}-`, `If-Range: ${rest.etag}`);
    this.#request = new HttpRequest({
      network: host.network,
      timer: host.timer,
      text: host.text,
      host: url.host,
      port: url.port,
      security,
      method: 'GET',
      path: url.path === '' ? '/' : url.path,
      headers,
      headDeadlineMs: HEAD_DEADLINE_MS,
      onHead: (status, answer) => this.#onHead(url, status, answer),
      onBody: (bytes, start, end) => {
        this.#paceBytes += end - start;
        this.#options.onBody(bytes, start, end);
      },
      onComplete: () => {
        this.close();
        onComplete();
      },
      onFailed: (failure) => this.#fail(exchangeFailure(failure)),
    });
    return undefined;
  }

  #onHead(url: HttpUrl, status: number, headers: ReadonlyMap<string, string>): void {
    const { host, rest, onAnswer } = this.#options;
    const failure = isRedirect(status)
      ? this.#follow(redirectedUrl(url, headers.get('location')))
      : (refusedStatus(status, headers, rest) ?? encoded(headers) ?? wrongRange(status, headers, rest));
    if (failure !== undefined) this.#fail(failure);
    else if (!isRedirect(status)) {
      this.#pace = host.timer.repeat(() => this.#onPace(), PACE_MS);
      onAnswer({ isWhole: status === 200, etag: strongTag(headers.get('etag')), bytes: lengthOf(headers) });
    }
  }

  #follow(address: string | undefined): TryFailure | undefined {
    if (this.#redirects === MAX_REDIRECTS) {
      return downloadFailure('end', 'too_many_redirects', `the server redirects more than ${MAX_REDIRECTS} times`);
    }
    if (address === undefined) return downloadFailure('end', 'url_refused', 'the server redirects to no address');
    this.#redirects++;
    this.close();
    return this.#ask(address);
  }

  #onPace(): void {
    if (this.#paceBytes < PACE_BYTES) {
      this.#fail(downloadFailure('retry', 'too_slow', `fewer than ${PACE_BYTES} bytes came in ${PACE_MS / 1_000} s`));
    }
    this.#paceBytes = 0;
  }

  #fail(failure: TryFailure): void {
    this.close();
    this.#options.onFailed(failure);
  }
}

/** Whether it is one that may be believed byte for byte, and can be asked for (RFC 9110, 8.8.3). */
export function isStrongTag(tag: string): boolean {
  return /^"[\x21\x23-\x7e]{1,128}"$/.test(tag);
}

function strongTag(tag: string | undefined): string | undefined {
  return tag !== undefined && isStrongTag(tag) ? tag : undefined;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function lengthOf(headers: ReadonlyMap<string, string>): number | undefined {
  const length = headers.get('content-length');
  return length === undefined || !/^[0-9]{1,10}$/.test(length) ? undefined : Number(length);
}

/** What is wrong with an answer that is no part of the file. */
function refusedStatus(
  status: number,
  headers: ReadonlyMap<string, string>,
  rest: Rest | undefined,
): TryFailure | undefined {
  if (status === 200 || (status === 206 && rest !== undefined)) return undefined;
  const answered = `the server of the package answered ${status}`;
  if (status === 416 && rest !== undefined) {
    return downloadFailure('restart', 'other_file', `${answered}: its file is shorter than what is there of it`);
  }
  if (status === 429 || status === 503) {
    const waitMs = retryAfterMs(headers.get('retry-after'), headers.get('date'));
    return { ...downloadFailure('retry', `http_${status}`, answered), waitMs };
  }
  const isFinal = status >= 400 && status < 500 && status !== 408;
  return downloadFailure(isFinal ? 'end' : 'retry', `http_${status}`, answered);
}

function encoded(headers: ReadonlyMap<string, string>): TryFailure | undefined {
  const coding = headers.get('content-encoding') ?? 'identity';
  if (coding.toLowerCase() === 'identity') return undefined;
  return downloadFailure('end', 'encoded', 'the server must send the package as it is, without a Content-Encoding');
}

/** Why a part is not the one that was asked for. */
function wrongRange(
  status: number,
  headers: ReadonlyMap<string, string>,
  rest: Rest | undefined,
): TryFailure | undefined {
  if (status !== 206 || rest === undefined) return undefined;
  const { from, fileBytes, etag } = rest;
  const bytes = lengthOf(headers) ?? fileBytes - from;
  if (headers.get('content-range') !== `bytes ${from}-${fileBytes - 1}/${fileBytes}` || bytes !== fileBytes - from) {
    return downloadFailure('restart', 'wrong_range', 'the server sent another part of the file than it was asked for');
  }
  if (headers.get('etag') !== etag) {
    return downloadFailure('restart', 'other_file', 'the server sent a part of another file: its ETag is not the same');
  }
  return undefined;
}
