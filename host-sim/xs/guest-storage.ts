import type { RecordStorage } from '../../src/ports/storage.js';
import type { Outgoing } from './guest-wire.js';
import { Act } from './protocol.js';

const MAX_RECORD_BYTES = 8_000;
const KEY_ROOM = 256;

/** One of the stores (`Store`) of the guest's Host. */
export class GuestStorage implements RecordStorage {
  readonly #out: Outgoing;
  readonly #store: number;

  constructor(out: Outgoing, store: number) {
    this.#out = out;
    this.#store = store;
  }

  read(key: string): Uint8Array | undefined {
    this.#begin(Act.storageRead, key, 0);
    const answer = this.#out.ask();
    return answer.getUint8(1) === 0 ? undefined : new Uint8Array(answer.buffer, 2);
  }

  write(key: string, value: Uint8Array): void {
    if (value.length > MAX_RECORD_BYTES) throw new RangeError(`record ${key} is over ${MAX_RECORD_BYTES} bytes`);
    this.#begin(Act.storageWrite, key, 4 + value.length);
    this.#out.bytes(value);
    this.#out.ask();
  }

  delete(key: string): void {
    this.#begin(Act.storageDelete, key, 0);
    this.#out.ask();
  }

  #begin(opcode: number, key: string, room: number): void {
    this.#out.begin(opcode, 8 + KEY_ROOM + room);
    this.#out.u32(this.#store);
    this.#out.text(key, KEY_ROOM);
  }
}
