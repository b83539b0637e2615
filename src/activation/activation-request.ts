import { type ActivationOutcome, readActivationAnswer } from '../core/activation-answer.js';
import type { Product } from '../core/product.js';
import { parseHttpUrl } from '../core/url.js';
import { HttpRequest } from '../http/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';

/** Largest answer that is read, bytes. */
const MAX_ANSWER_BYTES = 8_192;

export interface ActivationRequestOptions {
  readonly host: Host;
  readonly product: Product;
  /** Base URL of the cloud's API. */
  readonly apiUrl: string;
  /** What secures an `https:` API. */
  readonly security?: Security | undefined;
  readonly serial: string;
  /** Puts the board into the project of whoever got it. */
  readonly bindToken: string | undefined;
  /** How it ended; called once, never from inside the constructor, never after `close()`. */
  onOutcome(outcome: ActivationOutcome): void;
  /** The `Date` header of an answer that came. */
  onDate(header: string): void;
}

/** One `POST {api}/api/v1/devices/activate` (API reference, 4.1), judged field by field. Makes no second attempt. */
export class ActivationRequest {
  readonly #options: ActivationRequestOptions;
  readonly #body = new Uint8Array(MAX_ANSWER_BYTES);
  #length = 0;
  #status = 0;
  #retryAfter: string | undefined;
  #date: string | undefined;
  #request: HttpRequest | undefined;
  #refusedUrl: TimerHandle | undefined;

  constructor(options: ActivationRequestOptions) {
    const { host, product, apiUrl, security, serial, bindToken } = options;
    this.#options = options;
    const url = parseHttpUrl(apiUrl);
    if (url === undefined || (url.secure && security === undefined)) {
      const reason =
        url === undefined
          ? 'the API address is not an http:// or https:// URL'
          : 'the API address is https://, and this environment has no CA';
      this.#refusedUrl = host.timer.set(() => this.#fail(reason));
      return;
    }
    this.#request = new HttpRequest({
      network: host.network,
      timer: host.timer,
      text: host.text,
      host: url.host,
      port: url.port,
      security: url.secure ? security : undefined,
      method: 'POST',
      path: `${url.path.replace(/\/$/, '')}/api/v1/devices/activate`,
      body: JSON.stringify({
        productKey: product.productKey,
        deviceSN: serial,
        firmwareVersion: product.firmwareVersion,
        chipModel: product.chipModel,
        ...(bindToken !== undefined && { bindToken }),
      }),
      onHead: (status, headers) => {
        this.#status = status;
        this.#retryAfter = headers.get('retry-after');
        this.#date = headers.get('date');
        if (this.#date !== undefined) options.onDate(this.#date);
      },
      onBody: (bytes, start, end) => this.#take(bytes, start, end),
      onComplete: () => this.#complete(),
      onFailed: (failure) => this.#fail(failure),
    });
  }

  /** Gives the request up, silently. May be called twice. */
  close(): void {
    this.#options.host.timer.clear(this.#refusedUrl);
    this.#refusedUrl = undefined;
    this.#request?.close();
    this.#request = undefined;
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#length + end - start > MAX_ANSWER_BYTES) {
      this.close();
      this.#fail(`the answer is over ${MAX_ANSWER_BYTES} bytes`);
      return;
    }
    this.#body.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  #complete(): void {
    let body: string;
    try {
      body = this.#options.host.text.decode(this.#body, 0, this.#length);
    } catch {
      this.#fail('the answer is not UTF-8');
      return;
    }
    this.#options.onOutcome(readActivationAnswer(this.#status, body, this.#retryAfter, this.#date));
  }

  #fail(reason: string): void {
    this.#options.onOutcome({ ok: false, failure: { kind: 'broken', reason } });
  }
}
