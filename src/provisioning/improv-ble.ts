import { encodeImprovResult, IMPROV_BODY_BYTES, IMPROV_COMMAND, IMPROV_ERROR, IMPROV_STATE } from '../core/improv.js';
import { closeImprovPacket, IMPROV_PACKET_BYTES, ImprovPacketReader } from '../core/improv-packet.js';
import type { GattService, Peripheral } from '../ports/bluetooth.js';
import type { Text } from '../ports/text.js';
import type { Timer } from '../ports/timer.js';
import type { WiFiNetwork } from '../ports/wifi.js';
import { Deadline } from './deadline.js';
import { type ImprovForm, ImprovService } from './improv-service.js';
import { notifyPieces } from './notify-pieces.js';
import type { SetupDesk } from './setup-desk.js';

/** UUIDs of the service and its characteristics: they differ in their last digit. */
export const IMPROV_SERVICE = '00467768-6228-2272-4663-277478268000';
const CURRENT_STATE = '00467768-6228-2272-4663-277478268001';
const ERROR_STATE = '00467768-6228-2272-4663-277478268002';
const RPC_COMMAND = '00467768-6228-2272-4663-277478268003';
const RPC_RESULT = '00467768-6228-2272-4663-277478268004';
const CAPABILITIES = '00467768-6228-2272-4663-277478268005';

/** Identify, device info and scan; no host name. */
export const IMPROV_CAPABILITIES = 0b0111;

/** A command whose next write has not come for so long will not be finished, ms. */
const PIECE_TIMEOUT_MS = 5_000;

export interface ImprovBleOptions {
  readonly timer: Timer;
  readonly text: Text;
  readonly desk: SetupDesk;
  /** What holds the service, from the first callback on. */
  readonly peripheral: () => Peripheral;
  /** `state` is another one. */
  readonly onState: () => void;
}

/**
 * Improv's GATT service (improv-wifi.com/ble 2.4). Wi-Fi settings need a person at the board; what a board is and what it hears anybody
 * may ask, who is near enough to hear the same. A client claims the board as soon as he is authorised, so that one who is not keeps
 * nobody out.
 */
export class ImprovBle implements ImprovForm {
  readonly channel = 'improv_ble';
  readonly service: GattService;
  readonly #text: Text;
  readonly #desk: SetupDesk;
  readonly #peripheral: () => Peripheral;
  readonly #onState: () => void;
  readonly #improv: ImprovService;
  readonly #reader = new ImprovPacketReader();
  readonly #pieces: Deadline;
  readonly #stateByte = new Uint8Array(1);
  readonly #errorByte = new Uint8Array(1);
  readonly #result = new Uint8Array(IMPROV_PACKET_BYTES);
  #resultBytes = 0;

  constructor(options: ImprovBleOptions) {
    const { timer, text, desk } = options;
    this.#text = text;
    this.#desk = desk;
    this.#peripheral = options.peripheral;
    this.#onState = options.onState;
    this.#pieces = new Deadline(timer, () => this.#onBroken());
    this.#improv = new ImprovService(text, desk, this);
    this.#stateByte[0] = this.#improv.state;
    const capabilities = Uint8Array.of(IMPROV_CAPABILITIES);
    this.service = {
      uuid: IMPROV_SERVICE,
      characteristics: [
        { uuid: CURRENT_STATE, properties: ['read', 'notify'], onRead: () => this.#stateByte },
        { uuid: ERROR_STATE, properties: ['read', 'notify'], onRead: () => this.#errorByte },
        { uuid: RPC_COMMAND, properties: ['write', 'writeWithoutResponse'], onWrite: (piece) => this.#onWrite(piece) },
        { uuid: RPC_RESULT, properties: ['read', 'notify'], onRead: () => this.#result.subarray(0, this.#resultBytes) },
        { uuid: CAPABILITIES, properties: ['read'], onRead: () => capabilities },
      ],
    };
  }

  get state(): number {
    return this.#improv.state;
  }

  /** The desk's state or authorisation is another one. */
  changed(): void {
    this.#improv.changed();
  }

  /** A central has come: he finds nothing of the one before him. */
  welcome(): void {
    this.close();
    this.#errorByte[0] = IMPROV_ERROR.NONE;
    this.#resultBytes = 0;
  }

  close(): void {
    this.#pieces.stop();
    this.#reader.reset();
    this.#improv.forget();
  }

  // The BLE form of Improv.

  restState(): number {
    return this.#desk.authorized ? IMPROV_STATE.AUTHORIZED : IMPROV_STATE.AUTHORIZATION_REQUIRED;
  }

  admit(command: number): number {
    if (this.#desk.authorized) return this.#desk.claim(this.channel) ? IMPROV_ERROR.NONE : IMPROV_ERROR.UNKNOWN;
    return command === IMPROV_COMMAND.WIFI_SETTINGS ? IMPROV_ERROR.NOT_AUTHORIZED : IMPROV_ERROR.NONE;
  }

  onCommand2(): void {
    this.#desk.identify();
  }

  tellState(state: number): void {
    this.#stateByte[0] = state;
    this.#peripheral().notify(CURRENT_STATE, this.#stateByte);
    this.#onState();
  }

  tellError(error: number): void {
    if (this.#errorByte[0] === error) return;
    this.#errorByte[0] = error;
    this.#peripheral().notify(ERROR_STATE, this.#errorByte);
  }

  tellInfo(values: readonly string[]): void {
    this.#tellResult(IMPROV_COMMAND.DEVICE_INFO, values, values.length, IMPROV_BODY_BYTES);
  }

  tellUrl(command: number, url: string): void {
    this.#tellResult(command, [url], 1, this.#notifiedBody);
  }

  /** As many of the strongest as fit. */
  tellNetworks(networks: readonly WiFiNetwork[]): void {
    const values: string[] = [];
    // The standard has words for how a network is secured; clients look whether it is, and more is not known here.
    for (const { ssid, rssi, secured } of networks) values.push(ssid, String(rssi), secured ? 'WPA2' : 'NO');
    this.#tellResult(IMPROV_COMMAND.SCAN, values, 3, this.#notifiedBody);
  }

  /** Longest body that one notification takes: what can be shorter is made to fit, since clients read one notification as a result. */
  get #notifiedBody(): number {
    return this.#peripheral().maxNotification - 1;
  }

  /** What does not fit all the same goes in pieces, as commands come; the characteristic's value is all of it. */
  #tellResult(command: number, values: readonly string[], columns: number, maxBytes: number): void {
    const result = this.#result;
    const end = encodeImprovResult(this.#text, result, 0, command, values, columns, maxBytes);
    this.#resultBytes = closeImprovPacket(result, end);
    notifyPieces(this.#peripheral(), RPC_RESULT, result, this.#resultBytes);
  }

  #onWrite(piece: Uint8Array): void {
    const state = this.#reader.push(piece);
    if (state === 'part') {
      this.#pieces.start(PIECE_TIMEOUT_MS);
      return;
    }
    this.#pieces.stop();
    if (state === 'whole') this.#improv.onCommand(this.#reader.bytes, 0, this.#reader.bodyEnd);
    else this.#onBroken();
  }

  #onBroken(): void {
    this.#reader.reset();
    // Told anew, also after another one.
    this.tellError(IMPROV_ERROR.NONE);
    this.tellError(IMPROV_ERROR.INVALID_PACKET);
  }
}
