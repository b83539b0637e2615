import { parseJsonObject } from '../core/json-guard.js';
import { JsonPieces } from '../core/json-pieces.js';
import { isSetupProblem, readSetupRequest } from '../core/setup-request.js';
import type { GattService, Peripheral } from '../ports/bluetooth.js';
import type { Text } from '../ports/text.js';
import type { Timer } from '../ports/timer.js';
import { Deadline } from './deadline.js';
import { notifyPieces } from './notify-pieces.js';
import type { SetupDesk, SetupState } from './setup-desk.js';

/** The 16-bit UUID of the service, as advertised. */
export const ORIGIN_SERVICE_16 = 0xffe0;
const SERVICE = '0000ffe0-0000-1000-8000-00805f9b34fb';
const WRITE = '0000ffe1-0000-1000-8000-00805f9b34fb';
const NOTIFY = '0000ffe2-0000-1000-8000-00805f9b34fb';

/** A configuration whose next write has not come for so long is malformed, ms. */
const PIECE_TIMEOUT_MS = 2_000;
/** The app reads the last notification before the link goes, ms. */
const LINGER_MS = 1_000;
/** Room for the longest of each field, with escapes. */
const MAX_CONFIG_BYTES = 1_024;
/** With it an error is one notification of 182 bytes, which is what a phone takes at least. */
const MAX_MESSAGE = 140;
const MAX_STATUS_BYTES = 1_024;

/** What the app is told. */
interface Status {
  readonly status: 'received' | 'connecting' | 'wifi_connected' | 'activated' | 'error';
  readonly message?: string;
  readonly ip?: string;
  readonly deviceId?: string;
}

export interface OriginBleOptions {
  readonly timer: Timer;
  readonly text: Text;
  readonly desk: SetupDesk;
  /** What holds the service, from the first callback on. */
  readonly peripheral: () => Peripheral;
}

/**
 * The BLE service by which the mobile app of the origin sets boards up: one JSON object is written, and its progress notified, in the
 * origin's words. Its link is open to everybody near, so it is there only while `desk.attended`.
 */
export class OriginBle {
  readonly service: GattService;
  readonly #text: Text;
  readonly #desk: SetupDesk;
  readonly #peripheral: () => Peripheral;
  readonly #pieces: Deadline;
  readonly #linger: Deadline;
  readonly #config = new JsonPieces(MAX_CONFIG_BYTES);
  readonly #status = new Uint8Array(MAX_STATUS_BYTES);
  #statusBytes = 0;
  /** How much the app knows of its request; `idle`: there is none. */
  #told: SetupState['stage'] = 'idle';

  constructor(options: OriginBleOptions) {
    const { timer, text, desk } = options;
    this.#text = text;
    this.#desk = desk;
    this.#peripheral = options.peripheral;
    this.#pieces = new Deadline(timer, () => this.#fail('Invalid JSON format'));
    this.#linger = new Deadline(timer, () => desk.told('origin_ble'));
    this.service = {
      uuid: SERVICE,
      characteristics: [
        { uuid: WRITE, properties: ['write', 'writeWithoutResponse'], onWrite: (piece) => this.#onWrite(piece) },
        {
          uuid: NOTIFY,
          properties: ['read', 'notify'],
          onRead: () => this.#status.subarray(0, this.#statusBytes),
        },
      ],
    };
  }

  /** Whether it takes requests. */
  get isOpen(): boolean {
    return this.#desk.attended;
  }

  /** The desk's state is another one. */
  changed(): void {
    const { state } = this.#desk;
    if (this.#told === 'idle' || this.#told === state.stage) return;
    const before = this.#told;
    this.#told = state.stage;
    switch (state.stage) {
      case 'activating':
        this.#tell({ status: 'wifi_connected', ip: state.address });
        break;
      case 'done':
        if (before === 'joining') this.#tell({ status: 'wifi_connected', ip: state.address });
        this.#tell({ status: 'activated', deviceId: state.deviceId });
        this.#linger.start(LINGER_MS);
        break;
      case 'failed':
        this.#fail(messageOf(state));
        break;
    }
  }

  /** A central has come: he finds nothing of the one before him. */
  welcome(): void {
    this.#pieces.stop();
    this.#statusBytes = 0;
  }

  close(): void {
    this.#pieces.stop();
    this.#linger.stop();
  }

  #onWrite(piece: Uint8Array): void {
    if (!this.isOpen) {
      this.#fail('Closed: press the button of the board, or switch it off and on');
      return;
    }
    const state = this.#config.push(piece, !this.#pieces.isRunning);
    this.#pieces.stop();
    if (state === 'part') this.#pieces.start(PIECE_TIMEOUT_MS);
    else if (state === 'broken') this.#fail('Invalid JSON format');
    else if (state === 'whole') this.#setUp();
  }

  #setUp(): void {
    const config = this.#read();
    if (config === undefined) {
      this.#fail('Invalid JSON format');
      return;
    }
    const { ssid, password, apiUrl } = config;
    if (ssid === undefined || ssid === '' || password === undefined) {
      this.#fail('Missing ssid or password');
      return;
    }
    const request = readSetupRequest({ ssid, password, apiUrl });
    if (isSetupProblem(request)) {
      this.#fail(request.message);
      return;
    }
    const problem = this.#desk.problemOf(request);
    if (problem !== undefined) {
      this.#fail(problem.message);
      return;
    }
    if (!this.#desk.claim('origin_ble')) {
      this.#fail('Somebody else sets the board up');
      return;
    }
    this.#tell({ status: 'received', message: 'Config received' });
    if (!this.#desk.submit('origin_ble', request)) {
      this.#fail('A request is under way');
      return;
    }
    this.#linger.stop();
    this.#told = 'joining';
    this.#tell({ status: 'connecting', message: 'WiFi...' });
    this.changed();
  }

  #read(): Record<string, unknown> | undefined {
    try {
      return parseJsonObject(this.#text.decode(this.#config.bytes, 0, this.#config.length));
    } catch {
      return undefined;
    }
  }

  #fail(message: string): void {
    this.#tell({ status: 'error', message: message.slice(0, MAX_MESSAGE) });
  }

  #tell(status: Status): void {
    this.#statusBytes = Math.max(0, this.#text.encode(JSON.stringify(status), this.#status, 0));
    notifyPieces(this.#peripheral(), NOTIFY, this.#status, this.#statusBytes);
  }
}

/** The origin's words: of a network it knows no more than that it did not come up in time. */
function messageOf({ reason, detail }: Extract<SetupState, { stage: 'failed' }>): string {
  switch (reason) {
    case 'cloud_refused':
      return detail ?? 'refused';
    case 'cloud_unreachable':
      return `HTTP request failed: ${detail ?? 'no answer'}`;
    case 'not_stored':
      return 'Could not be stored';
    default:
      return 'Timeout';
  }
}
