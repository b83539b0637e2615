import type { Host } from '../../src/ports/host.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { BridgeCrypto } from './bridge-crypto.js';
import { BridgeFirmware } from './bridge-firmware.js';
import { BridgeLine } from './bridge-line.js';
import { BridgeNetwork } from './bridge-network.js';
import { BridgePins } from './bridge-pins.js';
import { Act, ANSWER_OK, ANSWER_THREW, type BootParameters, Event, HEAD_BYTES, Store, type Tell } from './protocol.js';
import { RecordReader } from './record-reader.js';

/** Events that may wait for a guest that is busy, and their bytes; beyond them it does not keep up with the world. */
const MOST_WAITING = 8_192;
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

export interface GuestBridgeOptions {
  /** What the guest's Host is made of: anything that keeps the rules of the ports. */
  readonly host: Host;
  /** Hands one message to the guest; its answer goes to `onAnswer`. */
  send(message: Uint8Array): void;
  /** The guest's firmware threw, or did what its Host refuses. Nothing is called after it. */
  onCrash(error: Error): void;
  onDeviceId(deviceId: string | undefined): void;
  /** `board.stop()` has resolved. */
  onStopped(): void;
}

/** One event on its way to the guest. */
interface Waiting {
  readonly event: number;
  readonly id: number;
  readonly bytes: Uint8Array | undefined;
}

/**
 * Serves a guest from a Host: carries out what its firmware does, in its order, and tells it what happens, one event at a
 * time; while it is busy, events wait.
 */
export class GuestBridge {
  readonly #options: GuestBridgeOptions;
  readonly #network: BridgeNetwork;
  readonly #pins: BridgePins;
  readonly #parts: readonly Pick<BridgeLine, 'act' | 'ask'>[];
  readonly #waiting: Waiting[] = [];
  readonly #timers = new Map<number, unknown>();
  #waitingBytes = 0;
  #busy = false;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(options: GuestBridgeOptions) {
    this.#options = options;
    const tell: Tell = (event, id, bytes) => this.#tell(event, id, bytes);
    this.#network = new BridgeNetwork(options.host, tell);
    this.#pins = new BridgePins(options.host.io, tell);
    const { host } = options;
    const others = [new BridgeLine(host, tell), new BridgeCrypto(host.crypto), new BridgeFirmware(host.firmware)];
    this.#parts = [this.#pins, this.#network, ...others];
  }

  /** Starts the firmware: the first thing that the guest is told. */
  boot(product: unknown): void {
    const { system, settings, clock, network, io, Serial, Peripheral, firmware } = this.#options.host;
    const parameters: BootParameters = {
      product,
      settings,
      bootReason: system.bootReason,
      serial: system.serial,
      buildTimeMs: system.buildTimeMs,
      hasTime: clock.hasTime,
      hasUdp: network.UDP !== undefined,
      hasTls: network.TLS !== undefined,
      hasAccessPoint: network.AccessPoint !== undefined && network.Listener !== undefined,
      hasSerial: Serial !== undefined,
      hasPeripheral: Peripheral !== undefined,
      ...(firmware && { firmware: { isOnTrial: firmware.isOnTrial } }),
      digitalModes: { Input: io.Digital.Input, InputPullUp: io.Digital.InputPullUp, Output: io.Digital.Output },
    };
    this.#tell(Event.boot, 0, Buffer.from(asciiJson(parameters)));
  }

  /** Asks the firmware to stop cleanly. */
  stop(): void {
    this.#tell(Event.stop, 0);
  }

  /** For measurements: an event that does nothing, or collects the guest's garbage. */
  measure(collect: boolean): void {
    this.#tell(Event.measure, collect ? 1 : 0);
  }

  /** Resolves once nothing waits for the guest and it waits for nothing; also when the bridge is closed. */
  async settled(): Promise<void> {
    if (!this.#busy || this.#closed) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Nothing is carried out and nobody is told anything any more: the power is gone. May be called twice. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#becomeIdle();
  }

  /** The guest has handled an event; `actions` is what it did. */
  onAnswer(actions: Uint8Array): void {
    if (this.#closed) return;
    this.#perform(actions);
    this.#busy = false;
    this.#next();
  }

  /** The guest has a question, behind what it did before it. The result is the answer. */
  onQuestion(message: Uint8Array): Uint8Array {
    if (this.#closed) return NOTHING;
    return this.#perform(message) ?? Uint8Array.of(ANSWER_OK);
  }

  // To the guest.

  #tell(event: number, id: number, bytes?: Uint8Array): void {
    if (this.#closed) return;
    this.#waitingBytes += bytes?.length ?? 0;
    if (this.#waiting.length === MOST_WAITING || this.#waitingBytes > MOST_WAITING_BYTES) {
      this.#crash(new Error('the firmware does not keep up with its events'));
      return;
    }
    this.#waiting.push({ event, id, bytes });
    if (!this.#busy) this.#next();
  }

  #next(): void {
    if (this.#closed) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#becomeIdle();
      return;
    }
    this.#busy = true;
    this.#waitingBytes -= waiting.bytes?.length ?? 0;
    this.#options.send(this.#encode(waiting));
  }

  #encode({ event, id, bytes }: Waiting): Uint8Array {
    const { clock } = this.#options.host;
    const rooms = this.#network.takeRooms();
    const inputs = this.#pins.takeChanges();
    const message = Buffer.alloc(HEAD_BYTES + 9 * (rooms.length + inputs.length) + 9 + (bytes?.length ?? 0));
    message.writeDoubleBE(clock.monotonicMs(), 0);
    message.writeDoubleBE(clock.nowMs(), 8);
    message.writeDoubleBE(this.#network.rssi ?? Number.NaN, 16);
    let at = HEAD_BYTES;
    for (const [socket, room] of rooms) {
      at = message.writeUInt8(Event.tcpRoom, at);
      at = message.writeUInt32BE(socket, at);
      at = message.writeUInt32BE(room, at);
    }
    for (const [input, value] of inputs) {
      at = message.writeUInt8(Event.inputLevel, at);
      at = message.writeUInt32BE(input, at);
      at = message.writeUInt32BE(value, at);
    }
    at = message.writeUInt8(event, at);
    at = message.writeUInt32BE(id, at);
    if (event === Event.tcpWritable) at = message.writeUInt32BE(this.#network.roomOf(id), at);
    else if (bytes !== undefined) at = message.writeUInt32BE(bytes.length, at);
    if (bytes !== undefined) message.set(bytes, at);
    return message;
  }

  #becomeIdle(): void {
    this.#busy = false;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }

  #crash(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.#options.onCrash(error);
  }

  // From the guest.

  /** Carries out a row of records; the result is the answer to the question that ends it, if one does. */
  #perform(message: Uint8Array): Uint8Array | undefined {
    const reader = new RecordReader(message);
    try {
      while (reader.more && !this.#closed) {
        const opcode = reader.u8();
        if (opcode >= Act.flush) return this.#answer(opcode, reader);
        this.#act(opcode, reader);
      }
    } catch (error) {
      this.#crash(error instanceof Error ? error : new Error(String(error)));
    }
    return undefined;
  }

  #act(opcode: number, from: RecordReader): void {
    const { host, onStopped, onDeviceId } = this.#options;
    switch (opcode) {
      case Act.timerSet:
      case Act.timerRepeat:
        this.#startTimer(opcode, from.u32(), from.f64());
        break;
      case Act.timerClear:
        this.#clearTimer(from.u32());
        break;
      case Act.console:
        host.console(JSON.parse(from.text()));
        break;
      case Act.label:
        host.showLabel(JSON.parse(from.text()));
        break;
      case Act.restart:
        host.system.restart();
        break;
      case Act.deviceId:
        onDeviceId(from.text() || undefined);
        break;
      case Act.stopped:
        onStopped();
        break;
      case Act.crashed:
        throw crashOf(from.text(), from.text());
      default:
        if (!this.#parts.some((part) => part.act(opcode, from))) {
          throw new Error(`the guest sent a record of kind ${opcode}`);
        }
    }
  }

  #answer(opcode: number, from: RecordReader): Uint8Array {
    try {
      return this.#ask(opcode, from);
    } catch (error) {
      return Buffer.concat([
        Uint8Array.of(ANSWER_THREW),
        Buffer.from(error instanceof Error ? error.message : 'failed'),
      ]);
    }
  }

  #ask(opcode: number, from: RecordReader): Uint8Array {
    const { random, clock, system } = this.#options.host;
    switch (opcode) {
      case Act.flush:
        return Uint8Array.of(ANSWER_OK);
      case Act.random: {
        const answer = Buffer.alloc(5);
        answer.writeUInt32BE(random.uint32(), 1);
        return answer;
      }
      case Act.setNow:
        clock.setNow(from.f64());
        return doubleAnswer(clock.nowMs());
      case Act.freeHeap:
        return doubleAnswer(system.freeHeap() ?? Number.NaN);
      case Act.storageRead: {
        const record = this.#store(from).read(from.text());
        return Buffer.concat([Uint8Array.of(ANSWER_OK, record === undefined ? 0 : 1), record ?? NOTHING]);
      }
      case Act.storageWrite:
        this.#store(from).write(from.text(), Uint8Array.from(from.bytes()));
        return Uint8Array.of(ANSWER_OK);
      case Act.storageDelete:
        this.#store(from).delete(from.text());
        return Uint8Array.of(ANSWER_OK);
      default: {
        for (const part of this.#parts) {
          const answer = part.ask(opcode, from);
          if (answer !== undefined) return answer;
        }
        throw new Error(`the guest asked a question of kind ${opcode}`);
      }
    }
  }

  #store(from: RecordReader): RecordStorage {
    const { storage, secrets } = this.#options.host;
    return from.u32() === Store.secrets ? secrets : storage;
  }

  #startTimer(opcode: number, id: number, delayMs: number): void {
    const { timer } = this.#options.host;
    if (opcode === Act.timerRepeat) {
      this.#timers.set(
        id,
        timer.repeat(() => this.#tell(Event.tick, id), delayMs),
      );
      return;
    }
    const fire = (): void => {
      this.#timers.delete(id);
      this.#tell(Event.timer, id);
    };
    this.#timers.set(id, timer.set(fire, delayMs));
  }

  #clearTimer(id: number): void {
    this.#options.host.timer.clear(this.#timers.get(id));
    this.#timers.delete(id);
  }
}

function doubleAnswer(value: number): Uint8Array {
  const answer = Buffer.alloc(9);
  answer.writeDoubleBE(value, 1);
  return answer;
}

function crashOf(message: string, stack: string): Error {
  const error = new Error(message);
  error.stack = `${message}\n${stack}`;
  return error;
}

/** JSON in ASCII alone, which the guest decodes fastest. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
