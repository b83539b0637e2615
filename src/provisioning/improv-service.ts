import { IMPROV_COMMAND, IMPROV_ERROR, IMPROV_STATE, isImprovBody, readWifiSettings } from '../core/improv.js';
import { isSetupProblem, readSetupRequest } from '../core/setup-request.js';
import type { Text } from '../ports/text.js';
import type { WiFiNetwork } from '../ports/wifi.js';
import { isOnNetwork, type SetupChannelName, type SetupDesk } from './setup-desk.js';

/** What differs between the serial form of Improv and the one over BLE. */
export interface ImprovForm {
  readonly channel: SetupChannelName;
  /** The state while no request of this client is under way or done. */
  restState(): number;
  /** Lets a client in with a command: `IMPROV_ERROR.NONE`, or why not. */
  admit(command: number): number;
  /** Command 0x02, which means another thing in either form. */
  onCommand2(): void;
  tellState(state: number): void;
  tellError(error: number): void;
  /** What a board is, in four texts. */
  tellInfo(values: readonly string[]): void;
  /** Where to go from here; a URL that does not fit is left out. */
  tellUrl(command: number, url: string): void;
  tellNetworks(networks: readonly WiFiNetwork[]): void;
}

/**
 * What a board does for an Improv client, in either form. A network that is joined is a success, as the standard has it ("connection
 * successful"); that the cloud is not reached then has no number there, and is shown by the board.
 */
export class ImprovService {
  readonly #text: Text;
  readonly #desk: SetupDesk;
  readonly #form: ImprovForm;
  /** Whether the request that the desk is at is this client's, and he knows what became of it. */
  #request: 'none' | 'waiting' | 'answered' = 'none';
  #state: number;
  #isScanning = false;

  constructor(text: Text, desk: SetupDesk, form: ImprovForm) {
    this.#text = text;
    this.#desk = desk;
    this.#form = form;
    this.#state = this.#currentState();
  }

  get state(): number {
    return this.#state;
  }

  /** A command has come: its body is `bytes[start, end)`. */
  onCommand(bytes: Uint8Array, start: number, end: number): void {
    const form = this.#form;
    // A request of another client's begins without a word to this one.
    this.changed();
    form.tellError(IMPROV_ERROR.NONE);
    const error = isImprovBody(bytes, start, end) ? this.#obey(bytes, start, end) : IMPROV_ERROR.INVALID_PACKET;
    if (error !== IMPROV_ERROR.NONE) form.tellError(error);
  }

  /** Answers with the cloud's address: the board has no page of its own once it is on a network, and people find it there. */
  tellUrl(command: number): void {
    this.#form.tellUrl(command, this.#desk.identity.apiUrl);
  }

  /** The desk's state or authorisation is another one. */
  changed(): void {
    const { state } = this.#desk;
    if (this.#request === 'waiting' && state.stage === 'failed' && !isOnNetwork(state)) {
      this.#request = 'none';
      const isUnknown = state.reason === 'not_stored';
      this.#form.tellError(isUnknown ? IMPROV_ERROR.UNKNOWN : IMPROV_ERROR.UNABLE_TO_CONNECT);
    }
    const now = this.#currentState();
    if (now !== this.#state) {
      this.#state = now;
      this.#form.tellState(now);
    }
    if (this.#request === 'waiting' && now === IMPROV_STATE.PROVISIONED) {
      this.#request = 'answered';
      this.tellUrl(IMPROV_COMMAND.WIFI_SETTINGS);
    }
    if (this.#request === 'answered' && state.stage === 'done') this.#desk.told(this.#form.channel);
  }

  /** The client has gone: what he waits for is not told to another one. */
  forget(): void {
    this.#isScanning = false;
  }

  #currentState(): number {
    const { state } = this.#desk;
    if (state.stage === 'joining') return IMPROV_STATE.PROVISIONING;
    if (this.#request !== 'none' && isOnNetwork(state)) return IMPROV_STATE.PROVISIONED;
    return this.#form.restState();
  }

  #obey(bytes: Uint8Array, start: number, end: number): number {
    const command = bytes[start]!;
    const refusal = this.#form.admit(command);
    if (refusal !== IMPROV_ERROR.NONE) return refusal;
    if (command === IMPROV_COMMAND.WIFI_SETTINGS) return this.#setUp(bytes, start, end);
    if (command > IMPROV_COMMAND.SCAN || command === 0) return IMPROV_ERROR.UNKNOWN_COMMAND;
    if (end - start !== 2) return IMPROV_ERROR.INVALID_PACKET;
    if (command === IMPROV_COMMAND.SCAN) this.#scan();
    else if (command === IMPROV_COMMAND.DEVICE_INFO) this.#tellInfo();
    else this.#form.onCommand2();
    return IMPROV_ERROR.NONE;
  }

  #setUp(bytes: Uint8Array, start: number, end: number): number {
    const settings = readWifiSettings(this.#text, bytes, start, end);
    if (settings === undefined) return IMPROV_ERROR.INVALID_PACKET;
    const request = readSetupRequest(settings);
    if (isSetupProblem(request)) {
      // Clients have words for a password that no network takes where it could not be joined, and none for a bad packet.
      return request.field === 'password' ? IMPROV_ERROR.UNABLE_TO_CONNECT : IMPROV_ERROR.INVALID_PACKET;
    }
    if (!this.#desk.submit(this.#form.channel, request)) return IMPROV_ERROR.UNKNOWN;
    this.#request = 'waiting';
    this.changed();
    return IMPROV_ERROR.NONE;
  }

  #scan(): void {
    // Who asks again is answered with those who asked before.
    if (this.#isScanning) return;
    this.#isScanning = true;
    this.#desk.scan((networks) => {
      if (!this.#isScanning) return;
      this.#isScanning = false;
      this.#form.tellNetworks(networks);
    });
  }

  #tellInfo(): void {
    const { firmwareVersion, chipModel, name } = this.#desk.identity;
    this.#form.tellInfo(['SmartLink', firmwareVersion, chipModel, name.en]);
  }
}
