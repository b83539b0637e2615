import type { Analog, Digital, Pins, Pwm } from '../../src/ports/pins.js';
import { Act, ANSWER_OK, Event, type Tell } from './protocol.js';
import type { RecordReader } from './record-reader.js';

/** What the guest believes of an input, by the id that it gave to it. */
interface Input {
  readonly pin: Digital | Analog;
  believed: number;
}

/**
 * The pins' part of a guest's bridge. What inputs measure goes ahead of every event where it is not what the guest believes,
 * so that reading one needs no question.
 */
export class BridgePins {
  readonly #io: Pins;
  readonly #tell: Tell;
  readonly #outputs = new Map<number, Digital>();
  readonly #pwm = new Map<number, Pwm>();
  readonly #inputs = new Map<number, Input>();

  constructor(io: Pins, tell: Tell) {
    this.#io = io;
    this.#tell = tell;
  }

  /** Inputs of which the guest believes something else; from now on it is told. */
  takeChanges(): (readonly [id: number, value: number])[] {
    const changes: (readonly [number, number])[] = [];
    for (const [id, input] of this.#inputs) {
      const value = input.pin.read();
      if (value === input.believed) continue;
      input.believed = value;
      changes.push([id, value]);
    }
    return changes;
  }

  /** Carries a record out; false when it is none of the pins'. @throws what the pin's method throws */
  act(opcode: number, from: RecordReader): boolean {
    switch (opcode) {
      case Act.digitalWrite:
        this.#outputs.get(from.u32())?.write(from.u32() as 0 | 1);
        break;
      case Act.digitalClose:
        close(this.#outputs, from.u32());
        break;
      case Act.pwmWrite:
        this.#pwm.get(from.u32())?.write(from.u32());
        break;
      case Act.pwmClose:
        close(this.#pwm, from.u32());
        break;
      case Act.inputClose: {
        const id = from.u32();
        this.#inputs.get(id)?.pin.close();
        this.#inputs.delete(id);
        break;
      }
      default:
        return false;
    }
    return true;
  }

  /** Answers a question; `undefined` when it is none of the pins'. @throws what the pin's constructor throws */
  ask(opcode: number, from: RecordReader): Uint8Array | undefined {
    switch (opcode) {
      case Act.digitalOpen:
        return this.#openOutput(from);
      case Act.pwmOpen:
        return this.#openPwm(from);
      case Act.inputOpen:
        return this.#openInput(from);
      case Act.analogOpen:
        return this.#openAnalog(from);
      default:
        return undefined;
    }
  }

  #openOutput(from: RecordReader): Uint8Array {
    const pin = from.f64();
    const mode = from.f64();
    const level = from.f64();
    const initial = level < 0 ? {} : { initialValue: level as 0 | 1 };
    this.#outputs.set(pin, new this.#io.Digital({ pin, mode, ...initial }));
    return Uint8Array.of(ANSWER_OK);
  }

  #openPwm(from: RecordReader): Uint8Array {
    const pin = from.f64();
    const hz = from.f64();
    const initialDuty = from.f64();
    const pwm = new this.#io.PWM({ pin, hz, initialDuty, keepsDuty: from.u32() === 1 });
    this.#pwm.set(pin, pwm);
    const answer = Buffer.alloc(10);
    answer.writeUInt8(pwm.resolution, 1);
    answer.writeDoubleBE(pwm.hz, 2);
    return answer;
  }

  #openInput(from: RecordReader): Uint8Array {
    const id = from.u32();
    const pin = from.f64();
    const mode = from.f64();
    const listens = from.u32() === 1;
    const edges = listens ? { onReadable: () => this.#tell(Event.digitalEdge, id) } : {};
    const input = new this.#io.Digital({ pin, mode, ...edges });
    const believed = input.read();
    this.#inputs.set(id, { pin: input, believed });
    return Uint8Array.of(ANSWER_OK, believed);
  }

  #openAnalog(from: RecordReader): Uint8Array {
    const id = from.u32();
    const input = new this.#io.Analog({ pin: from.f64() });
    const believed = input.read();
    this.#inputs.set(id, { pin: input, believed });
    const answer = Buffer.alloc(6);
    answer.writeUInt8(input.resolution, 1);
    answer.writeUInt32BE(believed, 2);
    return answer;
  }
}

function close(pins: Map<number, { close(): void }>, pin: number): void {
  pins.get(pin)?.close();
  pins.delete(pin);
}
