import type { FirmwareSlots, SpareSlot } from '../../src/ports/firmware.js';
import { Act, ANSWER_OK } from './protocol.js';
import type { RecordReader } from './record-reader.js';

/** The part of a guest's bridge for the slots of its firmware. */
export class BridgeFirmware {
  readonly #slots: FirmwareSlots | undefined;
  #spare: SpareSlot | undefined;

  constructor(slots: FirmwareSlots | undefined) {
    this.#slots = slots;
  }

  /** Carries a record out; false when it is none of this part's. @throws what the port's method throws */
  act(opcode: number): boolean {
    if (opcode !== Act.spareClose) return false;
    this.#spare?.close();
    return true;
  }

  /** Answers a question; `undefined` when it is none of this part's. @throws what the port's method throws */
  ask(opcode: number, from: RecordReader): Uint8Array | undefined {
    switch (opcode) {
      case Act.spareOpen: {
        this.#spare = this.#slots!.openSpare();
        const answer = Buffer.alloc(9);
        answer.writeUInt32BE(this.#spare.bytes, 1);
        answer.writeUInt32BE(this.#spare.blockBytes, 5);
        return answer;
      }
      case Act.spareErase:
        this.#spare!.eraseBlock(from.u32());
        break;
      case Act.spareWrite: {
        const at = from.u32();
        this.#spare!.write(from.bytes(), at);
        break;
      }
      case Act.spareRead: {
        const at = from.u32();
        const answer = new Uint8Array(1 + from.u32());
        this.#spare!.read(answer.subarray(1), at);
        return answer;
      }
      case Act.spareComplete:
        this.#spare!.complete(from.bytes());
        break;
      case Act.firmwareConfirm:
        this.#slots!.confirm();
        break;
      case Act.firmwareRollBack:
        this.#slots!.rollBack();
        break;
      default:
        return undefined;
    }
    return Uint8Array.of(ANSWER_OK);
  }
}
