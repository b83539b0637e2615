import type { Crypto, Sha256 } from '../../src/ports/crypto.js';
import type { Outgoing } from './guest-wire.js';
import { Act } from './protocol.js';

const MOST_BYTES_AT_ONCE = 16_384;

/** Cryptography in a guest: XS from npm has none of its own, so each operation is a question. */
export class GuestCrypto implements Crypto {
  readonly #out: Outgoing;
  #hashes = 0;

  constructor(out: Outgoing) {
    this.#out = out;
  }

  sha256(bytes: Uint8Array): Uint8Array {
    const hash = this.createSha256();
    hash.update(bytes);
    return hash.digest();
  }

  createSha256(): Sha256 {
    return new GuestSha256(this.#out, this.#hashes++);
  }

  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
    return bytesOf(this.#ask(Act.hmac, key, message));
  }

  rsaPublic(modulus: Uint8Array, exponent: Uint8Array, base: Uint8Array): Uint8Array {
    return bytesOf(this.#ask(Act.rsaPublic, modulus, exponent, base));
  }

  verifyP256(publicKey: Uint8Array, message: Uint8Array, r: Uint8Array, s: Uint8Array): boolean {
    return this.#ask(Act.verifyP256, publicKey, message, r, s).getUint8(1) === 1;
  }

  #ask(opcode: number, ...fields: Uint8Array[]): DataView {
    const room = fields.reduce((sum, { length }) => sum + 4 + length, 0);
    this.#out.begin(opcode, room);
    for (const field of fields) this.#out.bytes(field);
    return this.#out.ask();
  }
}

class GuestSha256 implements Sha256 {
  readonly #out: Outgoing;
  readonly #id: number;
  #isOver = false;

  constructor(out: Outgoing, id: number) {
    this.#out = out;
    this.#id = id;
  }

  update(bytes: Uint8Array): void {
    this.#mustGoOn();
    for (let at = 0; at < bytes.length; at += MOST_BYTES_AT_ONCE) {
      const piece = bytes.subarray(at, at + MOST_BYTES_AT_ONCE);
      this.#out.begin(Act.hashUpdate, 8 + piece.length);
      this.#out.u32(this.#id);
      this.#out.bytes(piece);
    }
  }

  digest(): Uint8Array {
    this.#mustGoOn();
    this.#isOver = true;
    this.#out.begin(Act.hashDigest, 4);
    this.#out.u32(this.#id);
    return bytesOf(this.#out.ask());
  }

  #mustGoOn(): void {
    if (this.#isOver) throw new Error('the digest has been taken');
  }
}

function bytesOf(answer: DataView): Uint8Array {
  return new Uint8Array(answer.buffer, 1);
}
