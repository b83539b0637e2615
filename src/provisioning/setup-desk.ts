import type { EnvironmentName } from '../core/environment.js';
import type { SetupProblem, SetupRequest } from '../core/setup-request.js';
import type { WiFiLoss, WiFiNetwork } from '../ports/wifi.js';

/** The ways in which a board is set up. */
export type SetupChannelName = 'portal' | 'serial' | 'improv_ble' | 'origin_ble';

/** Why setting up did not come to its end. */
export type SetupFailure =
  /** The network: nothing of the request is kept. */
  | WiFiLoss
  /** The flash failed: nothing of it is kept. */
  | 'not_stored'
  /** It has been on the network and keeps it, and goes on trying to reach its cloud. */
  | 'cloud_unreachable'
  /** Likewise; the cloud answered, and does not take it. */
  | 'cloud_refused';

/** How far a board is with the latest request. */
export type SetupState =
  | { readonly stage: 'idle' }
  | { readonly stage: 'joining'; readonly ssid: string }
  /** On the network, which is kept from here on. */
  | { readonly stage: 'activating'; readonly ssid: string; readonly address: string }
  | { readonly stage: 'done'; readonly ssid: string; readonly address: string; readonly deviceId: string }
  | {
      readonly stage: 'failed';
      readonly ssid: string;
      readonly reason: SetupFailure;
      /** The cloud's word, or what went wrong on the way to it. */
      readonly detail?: string;
    };

/** Whether the board keeps the network that was asked for. */
export function isOnNetwork(state: SetupState): boolean {
  if (state.stage === 'failed') return state.reason === 'cloud_unreachable' || state.reason === 'cloud_refused';
  return state.stage === 'activating' || state.stage === 'done';
}

/** Who a board is, for whoever sets it up. */
export interface SetupIdentity {
  readonly serial: string;
  readonly productKey: string;
  /** In English and Chinese. */
  readonly name: { readonly en: string; readonly zh: string };
  readonly firmwareVersion: string;
  readonly chipModel: string;
  /** Where it is activated unless the request says otherwise. */
  readonly apiUrl: string;
  /** The environment that it is in, and all that it knows. */
  readonly environment: EnvironmentName;
  readonly environments: readonly EnvironmentName[];
}

/**
 * What a channel may ask of the board. One client at a time sets a board up: whoever claims it closes the other channels (but the
 * serial one, whose client has the cable), until he has been silent for two minutes.
 */
export interface SetupDesk {
  readonly identity: SetupIdentity;
  /** Of the latest request, of whatever channel; kept for ten minutes. */
  readonly state: SetupState;
  /** Whether a person at the board has allowed it: a press of its button in the last minute; on a board without one, the first three minutes after power-on. */
  readonly authorized: boolean;
  /** Whether it was opened by a person at the board: a press of its button, or power-on of one that is not set up. */
  readonly attended: boolean;
  /** Whether the board has been told a network. */
  readonly provisioned: boolean;
  /** What is wrong with a request that is well-formed, for this board as it is. */
  problemOf(request: SetupRequest): SetupProblem | undefined;
  /** A client uses the channel. False: another one is in use; the channel is about to be closed. */
  claim(channel: SetupChannelName): boolean;
  /** Begins to set the board up: `state` is `joining` from here on. False: a request is under way, or another client has the board. */
  submit(channel: SetupChannelName, request: SetupRequest): boolean;
  /** What the station hears; `onDone` is called once, within 15 s, and not after the channel has been closed. */
  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void;
  /** Blinks for some seconds. */
  identify(): void;
  /** Back to the state of the factory. */
  reset(): void;
  /** The client has been told how it ended: the channel may be closed soon. */
  told(channel: SetupChannelName): void;
}

/** One way to set a board up. It is open from its making until `close`. */
export interface SetupChannel {
  /** `desk.state` is another one. */
  changed(): void;
  /** `desk.authorized` or `desk.attended` is another one. */
  authorizationChanged?(): void;
  close(): void;
}
