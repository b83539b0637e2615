import type { FirmwareSlots, SpareSlot } from '../../src/ports/firmware.js';
import type { Outgoing } from './guest-wire.js';
import { Act } from './protocol.js';

/** Read or written at a time, bytes: in units of those, however large the caller's buffer is. */
const MOST_BYTES_AT_ONCE = 16_384;

/** The slots of a guest's firmware: everything that can fail is a question. */
export class GuestFirmware implements FirmwareSlots {
  readonly #out: Outgoing;
  #isOnTrial: boolean;

  constructor(out: Outgoing, isOnTrial: boolean) {
    this.#out = out;
    this.#isOnTrial = isOnTrial;
  }

  get isOnTrial(): boolean {
    return this.#isOnTrial;
  }

  openSpare(): SpareSlot {
    this.#out.begin(Act.spareOpen, 0);
    const answer = this.#out.ask();
    return new GuestSpareSlot(this.#out, answer.getUint32(1), answer.getUint32(5));
  }

  confirm(): void {
    this.#out.begin(Act.firmwareConfirm, 0);
    this.#out.ask();
    this.#isOnTrial = false;
  }

  rollBack(): void {
    this.#out.begin(Act.firmwareRollBack, 0);
    this.#out.ask();
  }
}

class GuestSpareSlot implements SpareSlot {
  readonly bytes: number;
  readonly blockBytes: number;
  readonly #out: Outgoing;
  #isOpen = true;

  constructor(out: Outgoing, bytes: number, blockBytes: number) {
    this.#out = out;
    this.bytes = bytes;
    this.blockBytes = blockBytes;
  }

  eraseBlock(block: number): void {
    this.#begin(Act.spareErase, 4);
    this.#out.u32(block);
    this.#out.ask();
  }

  write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; done += MOST_BYTES_AT_ONCE) {
      const piece = bytes.subarray(done, done + MOST_BYTES_AT_ONCE);
      this.#begin(Act.spareWrite, 8 + piece.length);
      this.#out.u32(at + done);
      this.#out.bytes(piece);
      this.#out.ask();
    }
  }

  read(into: Uint8Array, at: number): void {
    for (let done = 0; done < into.length; done += MOST_BYTES_AT_ONCE) {
      const length = Math.min(MOST_BYTES_AT_ONCE, into.length - done);
      this.#begin(Act.spareRead, 8);
      this.#out.u32(at + done);
      this.#out.u32(length);
      into.set(new Uint8Array(this.#out.ask().buffer, 1), done);
    }
  }

  complete(first: Uint8Array): void {
    this.#begin(Act.spareComplete, 4 + first.length);
    this.#out.bytes(first);
    this.#out.ask();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#begin(Act.spareClose, 0);
    this.#isOpen = false;
  }

  #begin(opcode: number, room: number): void {
    if (!this.#isOpen) throw new Error('the slot is closed');
    this.#out.begin(opcode, room);
  }
}
