import { TlsError } from './tls-error.js';
import { TLS_1_2 } from './tls-messages.js';

/** Types of records (RFC 5246, 6.2.1). */
export const Content = Object.freeze({
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const);

export const RECORD_HEADER_BYTES = 5;
/** What AES-GCM adds to a record's content: a nonce and a tag (RFC 5288, 3). */
export const GCM_BYTES = 8 + 16;
/** Most plaintext bytes of a record where no less is agreed (RFC 5246, 6.2.1). */
export const MAX_FRAGMENT = 16_384;

/** The length in a record's header, of which type and version are checked too. @throws {TlsError} */
export function recordLength(header: Uint8Array, types: readonly number[]): number {
  const type = header[0]!;
  if (!types.includes(type))
    throw new TlsError('unexpected_message', `The server sent a record of type ${type} too soon, or too late.`);
  if (header[1]! * 256 + header[2]! !== TLS_1_2) {
    throw new TlsError('protocol_version', 'The server sent a record that is not of TLS 1.2.');
  }
  return header[3]! * 256 + header[4]!;
}

const TYPES_WHEN_OPEN = Object.freeze([Content.applicationData, Content.alert]);

/**
 * Watches the headers of the records that come once a connection is open: application data and alerts, of the size agreed.
 * Anything else, as another handshake, is refused before the engine sees it.
 */
export class TlsRecordWatch {
  readonly #header = new Uint8Array(RECORD_HEADER_BYTES);
  readonly #maxBytes: number;
  #filled = 0;
  /** Bytes of the record's content that are still to come. */
  #left = 0;

  /** @param maxFragment plaintext bytes of a record at most */
  constructor(maxFragment: number) {
    this.#maxBytes = maxFragment + GCM_BYTES;
  }

  /** What has come, in order and in any pieces. @throws {TlsError} */
  watch(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, bytes.length - at);
        this.#left -= count;
        at += count;
        continue;
      }
      this.#header[this.#filled++] = bytes[at++]!;
      if (this.#filled < RECORD_HEADER_BYTES) continue;
      this.#filled = 0;
      this.#left = recordLength(this.#header, TYPES_WHEN_OPEN);
      if (this.#left < GCM_BYTES) throw new TlsError('decode_error', 'A record is too short.');
      if (this.#left > this.#maxBytes)
        throw new TlsError('record_overflow', `A record has over ${this.#maxBytes} bytes.`);
    }
  }
}
