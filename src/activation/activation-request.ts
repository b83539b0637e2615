import { type ActivationOutcome, readActivationAnswer } from '../core/activation-answer.js';
import type { ActivationFailure } from '../core/backoff.js';
import type { Product } from '../core/product.js';
import { HttpRequest } from '../http/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { ActivationSignature, ActivationSigner } from './activation-signer.js';
import { apiEndpoint } from './api-endpoint.js';

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
  /** Signs the request, where the product wants that; absent: the board has no key. */
  readonly signer: ActivationSigner | undefined;
  /** How it ended; called once, never from inside the constructor, never after `close()`. */
  onOutcome(outcome: ActivationOutcome): void;
  /** The `Date` header of an answer that came. */
  onDate(header: string): void;
}

/** One `POST {api}/api/v1/devices/activate` (API reference, 4.1), judged field by field. Makes no second attempt. */
export class ActivationRequest {
  readonly #options: ActivationRequestOptions;
  /** Made when an answer comes: many attempts get none. */
  #body: Uint8Array | undefined;
  #length = 0;
  #status = 0;
  #retryAfter: string | undefined;
  #date: string | undefined;
  #request: HttpRequest | undefined;
  /** Tells why there is no request, soon. */
  #unmade: TimerHandle | undefined;

  constructor(options: ActivationRequestOptions) {
    this.#options = options;
    const failure = this.#begin();
    if (failure !== undefined) this.#unmade = options.host.timer.set(() => options.onOutcome({ ok: false, failure }));
  }

  /** Makes the request, or says why it cannot. */
  #begin(): ActivationFailure | undefined {
    const { host, product, apiUrl, security, serial, bindToken, signer } = this.#options;
    const endpoint = apiEndpoint(host, apiUrl, security);
    if (typeof endpoint === 'string') return broken(endpoint);
    if (product.activationMode === 'signed' && signer === undefined) {
      return { kind: 'unable', reason: 'this product signs its activation, and the board has no board key' };
    }
    let signature: ActivationSignature | undefined;
    try {
      signature = signer?.sign();
    } catch {
      return broken('the counter of signed activations could not be stored');
    }
    const { productKey, firmwareVersion, chipModel } = product;
    this.#request = new HttpRequest({
      ...endpoint,
      method: 'POST',
      path: `${endpoint.path}/api/v1/devices/activate`,
      body: JSON.stringify({
        productKey,
        deviceSN: serial,
        firmwareVersion,
        chipModel,
        ...signature,
        ...(bindToken !== undefined && { bindToken }),
      }),
      onHead: (status, headers) => {
        this.#status = status;
        this.#retryAfter = headers.get('retry-after');
        this.#date = headers.get('date');
        if (this.#date !== undefined) this.#options.onDate(this.#date);
      },
      onBody: (bytes, start, end) => this.#take(bytes, start, end),
      onComplete: () => this.#complete(),
      onFailed: (failure) => this.#fail(failure),
    });
    return undefined;
  }

  /** Gives the request up, silently. May be called twice. */
  close(): void {
    this.#options.host.timer.clear(this.#unmade);
    this.#unmade = undefined;
    this.#request?.close();
    this.#request = undefined;
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#length + end - start > MAX_ANSWER_BYTES) {
      this.close();
      this.#fail(`the answer is over ${MAX_ANSWER_BYTES} bytes`);
      return;
    }
    this.#body ??= new Uint8Array(MAX_ANSWER_BYTES);
    this.#body.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  #complete(): void {
    let body: string;
    try {
      body = this.#options.host.text.decode(this.#body ?? new Uint8Array(0), 0, this.#length);
    } catch {
      this.#fail('the answer is not UTF-8');
      return;
    }
    this.#options.onOutcome(readActivationAnswer(this.#status, body, this.#retryAfter, this.#date));
  }

  #fail(reason: string): void {
    this.#options.onOutcome({ ok: false, failure: broken(reason) });
  }
}

function broken(reason: string): ActivationFailure {
  return { kind: 'broken', reason };
}
