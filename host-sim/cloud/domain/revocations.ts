import type { RevocationStore } from '../store/revocation-store.js';

/** What a serial number can be: up to 20 bytes (RFC 5280, 4.1.2.2) in hex digits, as Node and OpenSSL write them. */
const SERIAL_NUMBER = /^[0-9A-F]{1,40}$/i;

/** The client certificates that hold no more, over restarts too. */
export class Revocations {
  readonly #store: RevocationStore;
  readonly #now: () => number;
  readonly #watchers = new Set<() => void>();

  constructor(options: { store: RevocationStore; now: () => number }) {
    this.#store = options.store;
    this.#now = options.now;
  }

  /** Ends a certificate; whoever watches hears of it before this returns. The first time counts. */
  revoke(serialNumber: string): void {
    this.revokeAll([serialNumber]);
  }

  /** The same of several. */
  revokeAll(serialNumbers: readonly string[]): void {
    const at = this.#now();
    for (const serialNumber of serialNumbers) this.#store.add(serialNumber.toUpperCase(), at);
    this.heed();
  }

  /** To be called when another process has ended one. */
  heed(): void {
    for (const onRevoked of this.#watchers) onRevoked();
  }

  isRevoked(serialNumber: string): boolean {
    return this.#store.has(serialNumber.toUpperCase());
  }

  /** Calls back after each revocation, until the returned function is called. */
  watch(onRevoked: () => void): () => void {
    this.#watchers.add(onRevoked);
    return () => this.#watchers.delete(onRevoked);
  }
}

export function isSerialNumber(text: string): boolean {
  return SERIAL_NUMBER.test(text);
}
