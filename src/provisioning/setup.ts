import type { SetupProblem, SetupRequest } from '../core/setup-request.js';
import type { Timer } from '../ports/timer.js';
import type { WiFiNetwork, WiFiStation } from '../ports/wifi.js';
import { Deadline } from './deadline.js';
import {
  isOnNetwork,
  type SetupChannel,
  type SetupChannelName,
  type SetupDesk,
  type SetupFailure,
  type SetupIdentity,
  type SetupState,
} from './setup-desk.js';

/** Open without a client for so long, it closes, ms. The result of a request is kept as long. */
const WINDOW_MS = 600_000;
/** A client that is silent for so long makes room for others, ms. */
const CLAIM_MS = 120_000;
/** What the press of a button allows, it allows for so long, ms; on a board without one it is the power, switched on. */
const AUTHORIZED_MS = 60_000;
const AUTHORIZED_AT_POWER_ON_MS = 180_000;
/** A client that knows how it ended has so long to show it, ms. */
const FAREWELL_MS = 5_000;
/** The answer to a request gets out first: the radio may move to another channel for the request, and its client with it, ms. */
const ANSWER_MS = 500;
const SCAN_TIMEOUT_MS = 15_000;
/** Clients that wait for one scan. */
const MOST_SCANS = 4;
const IDLE: SetupState = Object.freeze({ stage: 'idle' });
const NO_NETWORKS: readonly WiFiNetwork[] = Object.freeze([]);

/** A way to set the board up that can be opened. */
export interface SetupDoor {
  /** Those of the channels that come with it: none of them is closed because of another one of them. */
  readonly names: readonly SetupChannelName[];
  /** `undefined`: it cannot be opened now. */
  open(desk: SetupDesk): SetupChannel | undefined;
}

export interface SetupOptions {
  readonly timer: Timer;
  readonly station: Pick<WiFiStation, 'scan'>;
  readonly identity: () => SetupIdentity;
  /** Whether the board has been told a network. */
  readonly provisioned: () => boolean;
  readonly hasButton: boolean;
  /** Those that are open for a time. */
  readonly doors: readonly SetupDoor[];
  /** The one that is always open, since its client has the cable; absent where there is no serial line. */
  readonly serial: SetupDoor | undefined;
  /** Why the board cannot do what a request asks for. */
  readonly problemOf: (request: SetupRequest) => SetupProblem | undefined;
  /** Somebody asks for this; what comes of it is told by `joined`, `failed` and `activated`. */
  readonly onRequest: (request: SetupRequest) => void;
  /** The latest request has come so far; by whom it was made, unless that is long ago. */
  readonly onState: (state: SetupState, channel: SetupChannelName | undefined) => void;
  readonly onIdentify: () => void;
  readonly onReset: () => void;
  /** The channels have been opened, or closed. */
  readonly onOpen: (isOpen: boolean) => void;
}

/**
 * How a board is set up: which channels are open, who may use them, and how far the latest request has come. What a request does
 * is for the board.
 */
export class Setup implements SetupDesk {
  readonly #options: SetupOptions;
  readonly #serial: SetupChannel | undefined;
  /** By the place of their door. */
  readonly #channels: (SetupChannel | undefined)[];
  readonly #window: Deadline;
  readonly #claim: Deadline;
  readonly #authorization: Deadline;
  readonly #attendance: Deadline;
  readonly #result: Deadline;
  readonly #farewell: Deadline;
  readonly #scan: Deadline;
  readonly #begin: Deadline;
  #scans: ((networks: readonly WiFiNetwork[]) => void)[] = [];
  #request: SetupRequest | undefined;
  #isOpen = false;
  #claimedBy: SetupChannelName | undefined;
  #state: SetupState = IDLE;

  constructor(options: SetupOptions) {
    this.#options = options;
    const { timer } = options;
    this.#window = new Deadline(timer, () => this.close());
    this.#claim = new Deadline(timer, () => this.#unclaim());
    this.#authorization = new Deadline(timer, () => this.#tellAuthorization());
    this.#attendance = new Deadline(timer, () => this.#tellAuthorization());
    this.#result = new Deadline(timer, () => this.#enter(IDLE));
    this.#farewell = new Deadline(timer, () => this.close());
    this.#scan = new Deadline(timer, () => this.#onScanned(NO_NETWORKS));
    this.#begin = new Deadline(timer, () => options.onRequest(this.#request!));
    this.#channels = options.doors.map(() => undefined);
    this.#serial = options.serial?.open(this);
  }

  get identity(): SetupIdentity {
    return this.#options.identity();
  }

  get state(): SetupState {
    return this.#state;
  }

  get authorized(): boolean {
    return this.#authorization.isRunning;
  }

  get attended(): boolean {
    return this.#attendance.isRunning;
  }

  get provisioned(): boolean {
    return this.#options.provisioned();
  }

  /** Whether somebody without the cable can set the board up. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens the channels, or keeps them open for ten more minutes. */
  open(attended: boolean): void {
    this.#farewell.stop();
    this.#window.start(WINDOW_MS);
    // Somebody who comes is there for ten minutes, however long a client then takes.
    if (attended) this.#attendance.start(WINDOW_MS);
    if (this.#isOpen) {
      if (attended) this.#tellAuthorization();
      return;
    }
    this.#isOpen = true;
    this.#openChannels();
    this.#options.onOpen(true);
  }

  /** Closes all channels but the serial one. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#attendance.stop();
    this.#window.stop();
    this.#farewell.stop();
    this.#claim.stop();
    this.#claimedBy = undefined;
    this.#closeChannels();
    this.#options.onOpen(false);
  }

  /** The board stops. */
  end(): void {
    this.close();
    this.#claim.stop();
    this.#authorization.stop();
    this.#result.stop();
    this.#scan.stop();
    this.#begin.stop();
    this.#serial?.close();
    // What becomes of a request while the board stops is told to nobody, and kept for nobody.
    this.#state = IDLE;
  }

  /** The power has come: somebody may just have switched it on. */
  poweredOn(): void {
    if (!this.#options.hasButton) this.#authorize(AUTHORIZED_AT_POWER_ON_MS);
  }

  /**
   * A button was pressed. A long press opens the board, and any one of a board that is not set up; one that is set up stays open no
   * longer for being used as a switch.
   */
  pressed(isLong: boolean): void {
    const opens = isLong || !this.provisioned;
    if (!opens && !this.#isOpen) return;
    this.#authorize(AUTHORIZED_MS);
    if (opens) this.open(true);
  }

  // What the channels ask for.

  claim(channel: SetupChannelName): boolean {
    const before = this.#claimedBy;
    if (before !== undefined && before !== channel && channel !== 'serial') return false;
    this.#claimedBy = channel;
    this.#claim.start(CLAIM_MS);
    if (this.#isOpen) this.#window.start(WINDOW_MS);
    if (before !== channel) this.#closeChannels(channel);
    return true;
  }

  problemOf(request: SetupRequest): SetupProblem | undefined {
    return this.#options.problemOf(request);
  }

  submit(channel: SetupChannelName, request: SetupRequest): boolean {
    const { stage } = this.#state;
    if (stage === 'joining' || stage === 'activating' || !this.claim(channel)) return false;
    this.#farewell.stop();
    this.#result.stop();
    // Who submits knows this much.
    this.#state = { stage: 'joining', ssid: request.ssid };
    this.#options.onState(this.#state, channel);
    this.#request = request;
    this.#begin.start(ANSWER_MS);
    return true;
  }

  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void {
    if (this.#scans.length === MOST_SCANS) this.#scans.shift()!(NO_NETWORKS);
    this.#scans.push(onDone);
    if (this.#scan.isRunning) return;
    this.#scan.start(SCAN_TIMEOUT_MS);
    this.#options.station.scan((networks) => {
      if (this.#scan.isRunning) this.#onScanned(networks);
    });
  }

  identify(): void {
    this.#options.onIdentify();
  }

  reset(): void {
    this.#options.onReset();
  }

  told(channel: SetupChannelName): void {
    if (this.#isOpen && this.#state.stage === 'done' && this.#claimedBy === channel) this.#farewell.start(FAREWELL_MS);
  }

  // What comes of a request.

  /** The station is on the network, and the request is stored. */
  joined(address: string): void {
    if (this.#state.stage === 'joining') this.#enter({ stage: 'activating', ssid: this.#state.ssid, address });
  }

  /** The request has come to nothing; or to less than a board that is online, which it may still become by itself. */
  failed(reason: SetupFailure, detail?: string): void {
    const { stage } = this.#state;
    if (stage !== 'joining' && stage !== 'activating') return;
    // What the board did before it begins with the request is not what comes of it.
    if (stage === 'joining' && this.#begin.isRunning) return;
    // The time in which he may try again begins anew (Improv via BLE).
    if (this.#claimedBy === 'improv_ble') this.#authorize(AUTHORIZED_MS);
    this.#enter({ stage: 'failed', ssid: this.#state.ssid, reason, ...(detail !== undefined && { detail }) });
  }

  /** The board has been activated, or its activation holds. `address`: of its station. */
  activated(deviceId: string, address: string): void {
    const state = this.#state;
    // After a request that came to nothing this is another network, and its cloud.
    if (state.stage === 'idle' || state.stage === 'done' || !isOnNetwork(state)) return;
    this.#enter({ stage: 'done', ssid: state.ssid, address, deviceId });
  }

  /** It is online: where nobody sets it up, there is no more need to. */
  online(): void {
    if (this.#claimedBy === undefined && this.#state.stage === 'idle') this.close();
  }

  #enter(state: SetupState): void {
    this.#state = state;
    this.#options.onState(state, this.#claimedBy);
    if (state.stage === 'done' || state.stage === 'failed') this.#result.start(WINDOW_MS);
    this.#serial?.changed();
    // One of them may close in answer to it.
    for (const channel of this.#channels.slice()) channel?.changed();
  }

  #authorize(ms: number): void {
    this.#authorization.start(ms);
    this.#tellAuthorization();
  }

  #tellAuthorization(): void {
    for (const channel of this.#channels) channel?.authorizationChanged?.();
  }

  /** The client that had the board has gone silent: the others may come again. */
  #unclaim(): void {
    this.#claimedBy = undefined;
    if (this.#isOpen) this.#openChannels();
  }

  #onScanned(networks: readonly WiFiNetwork[]): void {
    this.#scan.stop();
    const scans = this.#scans;
    this.#scans = [];
    for (const onDone of scans) onDone(networks);
  }

  /** Those that are not open yet. */
  #openChannels(): void {
    const { doors } = this.#options;
    for (let at = 0; at < doors.length; at++) this.#channels[at] ??= doors[at]!.open(this);
  }

  #closeChannels(but?: SetupChannelName): void {
    const { doors } = this.#options;
    for (let at = 0; at < doors.length; at++) {
      if (but !== undefined && doors[at]!.names.includes(but)) continue;
      const channel = this.#channels[at];
      this.#channels[at] = undefined;
      channel?.close();
    }
  }
}
