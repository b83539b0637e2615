import { type Board, createBoard } from '../../src/board/board.js';
import type { Product } from '../../src/core/product.js';
import type { Host } from '../../src/ports/host.js';
import type { Settings } from '../../src/ports/settings.js';
import type { BootReason } from '../../src/ports/system.js';
import { GuestBluetooth } from './guest-bluetooth.js';
import { GuestCrypto } from './guest-crypto.js';
import { GuestFirmware } from './guest-firmware.js';
import { GuestNetwork } from './guest-network.js';
import { GuestPins } from './guest-pins.js';
import { GuestSerial } from './guest-serial.js';
import { GuestStorage } from './guest-storage.js';
import { decodeText, encodeText, Outgoing, Table } from './guest-wire.js';
import { Act, type BootParameters, Event, HEAD_BYTES, Store } from './protocol.js';

/*
 * Runs inside XS: the firmware over a Host whose every part is at the other end of a pipe. The engine runs one boot of one
 * board and is then thrown away.
 */

/** Of the worker: collects garbage. */
declare const gc: () => void;

const MOST_TIMERS = 256;
const CONSOLE_ROOM = 16_384;
const TEXT_ROOM = 256;

class Guest {
  readonly #out = new Outgoing();
  readonly #timers = new Table<() => void>('timers', MOST_TIMERS);
  #network: GuestNetwork | undefined;
  #pins: GuestPins | undefined;
  #serial: GuestSerial | undefined;
  #bluetooth: GuestBluetooth | undefined;
  #board: Board | undefined;
  #deviceId: string | undefined;
  #monotonicMs = 0;
  #nowMs = 0;
  #rssi: number | undefined;
  #spoke = false;

  /** One message of the host. What the firmware throws is its crash; what it did before that still counts. */
  handle(message: ArrayBuffer): void {
    try {
      this.#dispatch(new DataView(message));
    } catch (error) {
      this.#crashed(error);
    }
  }

  /** What the firmware has done since the last message, its promises' work included. */
  take(): ArrayBuffer | undefined {
    return this.#out.take();
  }

  #dispatch(message: DataView): void {
    this.#monotonicMs = message.getFloat64(0);
    this.#nowMs = message.getFloat64(8);
    const rssi = message.getFloat64(16);
    this.#rssi = Number.isNaN(rssi) ? undefined : rssi;
    let at = HEAD_BYTES;
    let event = message.getUint8(at);
    while (event >= Event.tcpRoom) {
      const id = message.getUint32(at + 1);
      if (event === Event.tcpRoom) this.#network!.handle(event, id, message, at + 5);
      else this.#pins!.set(id, message.getUint32(at + 5));
      at += 9;
      event = message.getUint8(at);
    }
    this.#perform(event, message, at + 1);
    // After every event, so it must cost nothing where there is nothing to do.
    if (this.#bluetooth?.hasValues) this.#bluetooth.refresh();
    if (!this.#spoke) return;
    this.#spoke = false;
    this.#tellDeviceId();
  }

  #perform(event: number, message: DataView, at: number): void {
    switch (event) {
      case Event.timer:
        this.#timers.remove(message.getUint32(at))?.();
        break;
      case Event.tick:
        this.#timers.get(message.getUint32(at))?.();
        break;
      case Event.boot:
        this.#boot(JSON.parse(decodeText(new Uint8Array(message.buffer), at + 8, message.byteLength)));
        break;
      case Event.stop:
        this.#stop();
        break;
      case Event.measure:
        if (message.getUint32(at) === 1) gc();
        break;
      case Event.digitalEdge:
        this.#pins!.edge(message.getUint32(at));
        break;
      case Event.serialReadable:
        this.#serial!.handle(message, at + 4);
        break;
      case Event.bleConnected:
      case Event.bleDisconnected:
      case Event.bleWritten:
        this.#bluetooth!.handle(event, message, at + 4);
        break;
      default:
        this.#network!.handle(event, message.getUint32(at), message, at + 4);
    }
  }

  #boot(parameters: BootParameters): void {
    const product = parameters.product as Product;
    this.#network = new GuestNetwork(this.#out, parameters, () => this.#rssi);
    this.#pins = new GuestPins(this.#out, parameters.digitalModes);
    if (parameters.hasSerial) this.#serial = new GuestSerial(this.#out);
    if (parameters.hasPeripheral) this.#bluetooth = new GuestBluetooth(this.#out);
    this.#board = createBoard(this.#host(parameters, this.#network, this.#pins), product);
    this.#tellDeviceId();
  }

  #stop(): void {
    const stopped = this.#board === undefined ? Promise.resolve() : this.#board.stop();
    stopped.then(
      () => this.#out.begin(Act.stopped, 0),
      (error) => this.#crashed(error),
    );
  }

  #tellDeviceId(): void {
    const deviceId = this.#board?.deviceId;
    if (deviceId === this.#deviceId) return;
    this.#deviceId = deviceId;
    this.#out.begin(Act.deviceId, 4 + TEXT_ROOM);
    this.#out.text(deviceId ?? '', TEXT_ROOM);
  }

  #crashed(error: unknown): void {
    try {
      this.#board?.crashed(error);
    } catch {
      // It was this that broke it, then.
    }
    this.#board = undefined;
    const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
    this.#out.begin(Act.crashed, CONSOLE_ROOM);
    this.#out.text(String(error).slice(0, 1_000), CONSOLE_ROOM);
    this.#out.text(stack.slice(0, 2_000), CONSOLE_ROOM);
  }

  #host(parameters: BootParameters, { network }: GuestNetwork, { io }: GuestPins): Host {
    const out = this.#out;
    const timers = this.#timers;
    const startTimer = (opcode: number, callback: () => void, delayMs: number): number => {
      const id = timers.add(callback);
      out.begin(opcode, 12);
      out.u32(id);
      out.f64(delayMs);
      return id;
    };
    return {
      timer: {
        set: (callback, delayMs) => startTimer(Act.timerSet, callback, delayMs ?? 0),
        repeat: (callback, intervalMs) => startTimer(Act.timerRepeat, callback, intervalMs),
        clear: (handle) => {
          if (handle === undefined || timers.remove(handle as number) === undefined) return;
          out.begin(Act.timerClear, 4);
          out.u32(handle as number);
        },
      },
      clock: {
        monotonicMs: () => this.#monotonicMs,
        nowMs: () => this.#nowMs,
        setNow: (epochMs) => {
          out.begin(Act.setNow, 8);
          out.f64(epochMs);
          this.#nowMs = out.ask().getFloat64(1);
        },
        hasTime: parameters.hasTime,
      },
      random: {
        uint32: () => {
          out.begin(Act.random, 0);
          return out.ask().getUint32(1);
        },
      },
      text: { decode: decodeText, encode: encodeText },
      crypto: new GuestCrypto(out),
      storage: new GuestStorage(out, Store.storage),
      secrets: new GuestStorage(out, Store.secrets),
      io,
      network,
      system: {
        bootReason: parameters.bootReason as BootReason,
        serial: parameters.serial,
        buildTimeMs: parameters.buildTimeMs,
        freeHeap: () => {
          out.begin(Act.freeHeap, 0);
          const bytes = out.ask().getFloat64(1);
          return Number.isNaN(bytes) ? undefined : bytes;
        },
        restart: () => out.begin(Act.restart, 0),
      },
      settings: parameters.settings as Settings,
      ...(parameters.firmware && { firmware: new GuestFirmware(out, parameters.firmware.isOnTrial) }),
      ...(this.#serial && { Serial: this.#serial.Serial }),
      ...(this.#bluetooth && { Peripheral: this.#bluetooth.Peripheral }),
      console: (event) => {
        this.#spoke = true;
        out.begin(Act.console, 4 + CONSOLE_ROOM);
        out.text(JSON.stringify(event), CONSOLE_ROOM);
      },
      showLabel: (label) => {
        out.begin(Act.label, 4 + CONSOLE_ROOM);
        out.text(JSON.stringify(label), CONSOLE_ROOM);
      },
    };
  }
}

/** Answers the worker's messages from now on. */
export function startGuest(): void {
  const guest = new Guest();
  /** The worker asks for `result` once the promises' jobs have run too. */
  const answer = {
    get result(): ArrayBuffer | undefined {
      return guest.take();
    },
  };
  const handleCommand = (message: ArrayBuffer): typeof answer => {
    guest.handle(message);
    return answer;
  };
  Object.assign(globalThis, { handleCommand });
}
