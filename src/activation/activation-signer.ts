import { encodeHex } from '../core/bytes.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import { ActivationCounter } from './activation-counter.js';

export interface ActivationSignerOptions {
  readonly host: Host;
  readonly product: Product;
  readonly serial: string;
  /** 32 bytes. */
  readonly boardKey: Uint8Array;
  /** Epoch milliseconds; `undefined`: not known. */
  now(): number | undefined;
}

/** What a signed request carries beside the others' fields: each 16 + 16 and 64 hex digits. */
export interface ActivationSignature {
  readonly random: string;
  readonly sign: string;
}

/** Signs a board's requests to activate it, so that nobody who merely knows its serial number can do that. */
export class ActivationSigner {
  readonly #options: ActivationSignerOptions;
  readonly #counter: ActivationCounter;

  constructor(options: ActivationSignerOptions) {
    this.#options = options;
    this.#counter = new ActivationCounter(options.host.storage, options.host.text);
  }

  /** For one request: another one each time. @throws {Error} when the counter cannot be stored */
  sign(): ActivationSignature {
    const { host, product, serial, boardKey, now } = this.#options;
    const words = [this.#counter.take(now()).toString(16).padStart(16, '0')];
    for (let word = 0; word < 2; word++) words.push(host.random.uint32().toString(16).padStart(8, '0'));
    const random = words.join('');
    const { productKey, firmwareVersion, chipModel } = product;
    const text = ['SLA1', productKey, serial, firmwareVersion, chipModel, random].join('\n');
    // All of it is ASCII.
    const message = new Uint8Array(text.length);
    host.text.encode(text, message, 0);
    return { random, sign: encodeHex(host.crypto.hmacSha256(boardKey, message)) };
  }
}
