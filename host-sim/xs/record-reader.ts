/** Takes the fields of records apart. Views it gives out are good until the message is. */
export class RecordReader {
  readonly #message: Buffer;
  #at = 0;

  constructor(message: Uint8Array) {
    this.#message = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  }

  get more(): boolean {
    return this.#at < this.#message.length;
  }

  u8(): number {
    return this.#message.readUInt8(this.#at++);
  }

  u32(): number {
    this.#at += 4;
    return this.#message.readUInt32BE(this.#at - 4);
  }

  f64(): number {
    this.#at += 8;
    return this.#message.readDoubleBE(this.#at - 8);
  }

  bytes(): Uint8Array {
    const length = this.u32();
    this.#at += length;
    return this.#message.subarray(this.#at - length, this.#at);
  }

  text(): string {
    const bytes = this.bytes();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  }
}
