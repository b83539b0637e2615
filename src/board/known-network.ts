import type { SetupRequest } from '../core/setup-request.js';
import type { Host } from '../ports/host.js';
import type { RecordStores } from '../ports/storage.js';
import type { WiFiCredentials } from '../ports/wifi.js';
import type { JsonRecord } from '../records/json-record.js';
import { networkRecord } from '../records/network-record.js';
import { finishForgetting } from './factory-reset.js';

/**
 * The network and the cloud that a board has been told of: by somebody who set it up, else by its build. A request that is being
 * tried counts until it is dropped, and is stored only once its network was there.
 */
export class KnownNetwork {
  readonly #settings: Host['settings'];
  readonly #stores: RecordStores;
  readonly #record: JsonRecord<SetupRequest>;
  #stored: SetupRequest | undefined;
  #tried: SetupRequest | undefined;
  #isForgotten: boolean;

  /** @param isForgotten the board is back in the state of the factory, whatever its flash still says */
  constructor(host: Host, isForgotten: boolean) {
    this.#settings = host.settings;
    this.#stores = host;
    this.#isForgotten = isForgotten;
    this.#record = networkRecord(host.secrets, host.text);
    if (!isForgotten) this.#stored = this.#record.read();
  }

  /** Whether there is a network that somebody, or the build, has told it for good. */
  get provisioned(): boolean {
    return this.#stored !== undefined || this.#settings.wifi !== undefined;
  }

  /** What to join; `undefined`: nothing is known. */
  get credentials(): WiFiCredentials | undefined {
    return this.#tried ?? this.#stored ?? this.#settings.wifi;
  }

  /** Base URL of the cloud's API. */
  get apiUrl(): string {
    return (this.#tried ?? this.#stored)?.apiUrl ?? this.#settings.environment.apiUrl;
  }

  /** What puts the board into somebody's project when it is activated. */
  get bindToken(): string | undefined {
    return (this.#tried ?? this.#stored)?.bindToken;
  }

  /** Takes a request on trial. A cloud that it does not name stays the one that the board has. */
  try(request: SetupRequest): void {
    const { apiUrl } = this;
    const isDefault = request.apiUrl !== undefined || apiUrl === this.#settings.environment.apiUrl;
    this.#tried = isDefault ? request : { ...request, apiUrl };
  }

  /** The trial has failed. */
  drop(): void {
    this.#tried = undefined;
  }

  /** Stores what was tried. @throws {Error} when the medium fails; it is dropped then */
  keep(): void {
    const tried = this.#tried;
    if (tried === undefined) return;
    this.#tried = undefined;
    // A reset that is not at its end would take this with it at the next boot.
    if (this.#isForgotten && finishForgetting(this.#stores)) throw new Error('the factory reset cannot be finished');
    this.#isForgotten = false;
    this.#record.write(tried);
    this.#stored = tried;
  }

  /** The board is in its project: the token has done its work. @throws {Error} when the medium fails */
  forgetToken(): void {
    if (this.#stored?.bindToken === undefined) return;
    const { bindToken: _, ...rest } = this.#stored;
    this.#stored = rest;
    this.#record.write(rest);
  }
}
