import { encodeImprovResult, IMPROV_COMMAND, IMPROV_ERROR, IMPROV_STATE } from '../core/improv.js';
import {
  closeImprovFrame,
  IMPROV_DATA_AT,
  IMPROV_FRAME,
  IMPROV_FRAME_BYTES,
  IMPROV_MAX_DATA,
  type ImprovFrameHandler,
  ImprovFrameParser,
} from '../core/improv-frame.js';
import type { SerialConstructor, SerialPort } from '../ports/serial.js';
import type { Text } from '../ports/text.js';
import type { Timer } from '../ports/timer.js';
import type { WiFiNetwork } from '../ports/wifi.js';
import { Deadline } from './deadline.js';
import { type ImprovForm, ImprovService } from './improv-service.js';
import type { SetupChannel, SetupDesk } from './setup-desk.js';

/** A packet whose next byte has not come for so long will not be finished, ms. */
const PIECE_TIMEOUT_MS = 1_000;
const CHUNK_BYTES = 64;

export interface ImprovSerialOptions {
  readonly Serial: SerialConstructor;
  readonly timer: Timer;
  readonly text: Text;
  readonly desk: SetupDesk;
}

/**
 * Improv over the serial line (improv-wifi.com/serial). Whoever has the cable is authorised, also to set up anew a board that has a
 * network (state `PROVISIONED`). It claims the board no sooner than with Wi-Fi settings, since looking on disturbs nobody.
 */
export class ImprovSerial implements SetupChannel, ImprovForm, ImprovFrameHandler {
  readonly channel = 'serial';
  readonly #text: Text;
  readonly #desk: SetupDesk;
  readonly #service: ImprovService;
  readonly #parser = new ImprovFrameParser(this);
  readonly #silence: Deadline;
  /** Both made when they are needed: most boards are never spoken to. */
  #chunk: Uint8Array | undefined;
  #frame: Uint8Array | undefined;
  #serial: SerialPort | undefined;

  constructor(options: ImprovSerialOptions) {
    const { Serial, timer, text, desk } = options;
    this.#text = text;
    this.#desk = desk;
    this.#silence = new Deadline(timer, () => this.#parser.giveUp());
    this.#service = new ImprovService(text, desk, this);
    this.#serial = new Serial({ onReadable: () => this.#read() });
  }

  changed(): void {
    this.#service.changed();
  }

  close(): void {
    this.#service.forget();
    this.#silence.stop();
    this.#serial?.close();
    this.#serial = undefined;
  }

  // What the parser has found.

  onFrame(type: number, bytes: Uint8Array, start: number, end: number): void {
    // The other types are the board's own: a line that sends back what it gets is not to be answered.
    if (type === IMPROV_FRAME.COMMAND) this.#service.onCommand(bytes, start, end);
  }

  onBadChecksum(): void {
    this.tellError(IMPROV_ERROR.INVALID_PACKET);
  }

  // The serial form of Improv.

  restState(): number {
    return this.#desk.provisioned ? IMPROV_STATE.PROVISIONED : IMPROV_STATE.AUTHORIZED;
  }

  admit(): number {
    return IMPROV_ERROR.NONE;
  }

  onCommand2(): void {
    const { state } = this.#service;
    this.tellState(state);
    if (state === IMPROV_STATE.PROVISIONED) this.#service.tellUrl(IMPROV_COMMAND.CURRENT_STATE);
  }

  tellState(state: number): void {
    this.#tellByte(IMPROV_FRAME.CURRENT_STATE, state);
  }

  tellError(error: number): void {
    this.#tellByte(IMPROV_FRAME.ERROR_STATE, error);
  }

  tellInfo(values: readonly string[]): void {
    this.#tellResult(IMPROV_COMMAND.DEVICE_INFO, values, values.length);
  }

  tellUrl(command: number, url: string): void {
    this.#tellResult(command, [url], 1);
  }

  /** One result for each network, and an empty one. */
  tellNetworks(networks: readonly WiFiNetwork[]): void {
    for (let i = 0; i < networks.length; i++) {
      const { ssid, rssi, secured } = networks[i]!;
      this.#tellResult(IMPROV_COMMAND.SCAN, [ssid, String(rssi), secured ? 'YES' : 'NO'], 3);
    }
    this.#tellResult(IMPROV_COMMAND.SCAN, [], 3);
  }

  #tellResult(command: number, values: readonly string[], columns: number): void {
    this.#frame ??= new Uint8Array(IMPROV_FRAME_BYTES);
    const end = encodeImprovResult(this.#text, this.#frame, IMPROV_DATA_AT, command, values, columns, IMPROV_MAX_DATA);
    this.#send(IMPROV_FRAME.RESULT, end);
  }

  #tellByte(type: number, value: number): void {
    this.#frame ??= new Uint8Array(IMPROV_FRAME_BYTES);
    this.#frame[IMPROV_DATA_AT] = value;
    this.#send(type, IMPROV_DATA_AT + 1);
  }

  #send(type: number, end: number): void {
    const frame = this.#frame!;
    const length = closeImprovFrame(frame, type, end);
    this.#serial?.write(frame.subarray(0, length));
  }

  #read(): void {
    this.#chunk ??= new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const count = this.#serial?.read(this.#chunk) ?? 0;
      if (count === 0) break;
      this.#parser.push(this.#chunk, count);
    }
    if (this.#serial !== undefined && this.#parser.isWaiting) this.#silence.start(PIECE_TIMEOUT_MS);
    else this.#silence.stop();
  }
}
