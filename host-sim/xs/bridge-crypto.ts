import type { Crypto, Sha256 } from '../../src/ports/crypto.js';
import { Act, ANSWER_OK } from './protocol.js';
import type { RecordReader } from './record-reader.js';

/** Cryptography's part of a guest's bridge. */
export class BridgeCrypto {
  readonly #crypto: Crypto;
  /** Those that are being fed, by the ids that the guest gave to them. */
  readonly #hashes = new Map<number, Sha256>();

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /** Carries a record out; false when it is none of this part's. */
  act(opcode: number, from: RecordReader): boolean {
    if (opcode !== Act.hashUpdate) return false;
    const id = from.u32();
    const hash = this.#hashes.get(id) ?? this.#crypto.createSha256();
    this.#hashes.set(id, hash);
    hash.update(from.bytes());
    return true;
  }

  /** Answers a question; `undefined` when it is none of this part's. @throws what the port's method throws */
  ask(opcode: number, from: RecordReader): Uint8Array | undefined {
    switch (opcode) {
      case Act.hashDigest: {
        const id = from.u32();
        const hash = this.#hashes.get(id) ?? this.#crypto.createSha256();
        this.#hashes.delete(id);
        return answer(hash.digest());
      }
      case Act.hmac:
        return answer(this.#crypto.hmacSha256(from.bytes(), from.bytes()));
      case Act.rsaPublic:
        return answer(this.#crypto.rsaPublic(from.bytes(), from.bytes(), from.bytes()));
      case Act.verifyP256: {
        const isGood = this.#crypto.verifyP256(from.bytes(), from.bytes(), from.bytes(), from.bytes());
        return Uint8Array.of(ANSWER_OK, isGood ? 1 : 0);
      }
      default:
        return undefined;
    }
  }
}

function answer(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(ANSWER_OK), bytes]);
}
