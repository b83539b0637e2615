import type { Environment, EnvironmentName } from '../core/environment.js';
import type { SetupRequest } from '../core/setup-request.js';
import type { Host } from '../ports/host.js';
import type { RecordStores } from '../ports/storage.js';
import type { WiFiCredentials } from '../ports/wifi.js';
import type { JsonRecord } from '../records/json-record.js';
import { networkRecord, type Told } from '../records/network-record.js';
import type { Environments } from './environments.js';
import { finishForgetting } from './factory-reset.js';

/**
 * The network and the cloud that a board has been told of: by somebody who set it up or has moved it, else by its build. What is
 * tried counts until it is dropped: a request is stored only once its network was there, a move once its cloud was.
 */
export class KnownNetwork {
  readonly #settings: Host['settings'];
  readonly #stores: RecordStores;
  readonly #environments: Environments;
  readonly #record: JsonRecord<Told>;
  #stored: Told = {};
  #tried: SetupRequest | undefined;
  /** The environment that it is on trial in. */
  #movedTo: EnvironmentName | undefined;
  #isForgotten: boolean;

  /** @param isForgotten the board is back in the state of the factory, whatever its flash still says */
  constructor(host: Host, environments: Environments, isForgotten: boolean) {
    this.#settings = host.settings;
    this.#stores = host;
    this.#environments = environments;
    this.#isForgotten = isForgotten;
    this.#record = networkRecord(host.secrets, host.text);
    if (!isForgotten) this.#stored = this.#record.read() ?? {};
  }

  /** Whether there is a network that somebody, or the build, has told it for good. */
  get provisioned(): boolean {
    return this.#stored.ssid !== undefined || this.#settings.wifi !== undefined;
  }

  /** What to join; `undefined`: nothing is known. */
  get credentials(): WiFiCredentials | undefined {
    const { ssid, password } = this.#told;
    if (ssid === undefined) return this.#settings.wifi;
    return password === undefined ? { ssid } : { ssid, password };
  }

  /** The environment that it is in. */
  get environment(): Environment {
    return this.#called(this.#movedTo ?? this.#told.environment);
  }

  /** The one that it is in once it is not on trial in another: a request that names none is for this one. */
  get settledEnvironment(): Environment {
    return this.#called(this.#told.environment);
  }

  /** Whether somebody has named another cloud than that of the environment. */
  get isByHand(): boolean {
    return this.#movedTo === undefined && this.#told.apiUrl !== undefined;
  }

  /** Base URL of the cloud's API. */
  get apiUrl(): string {
    const { apiUrl } = this.environment;
    return this.isByHand ? this.#told.apiUrl! : apiUrl;
  }

  /** Why nothing may be sent to its cloud, as a sentence; `undefined`: it may. */
  get whyUnsafe(): string | undefined {
    return this.#environments.whyUnsafe(this.environment, this.apiUrl);
  }

  /** What puts the board into somebody's project when it is activated. */
  get bindToken(): string | undefined {
    return this.#told.bindToken;
  }

  get #told(): Told {
    return this.#tried ?? this.#stored;
  }

  /** Takes a request on trial. A cloud that it does not name stays the one that the board has. */
  try(request: SetupRequest): void {
    const { environment, apiUrl } = this.#told;
    this.#tried =
      request.environment !== undefined
        ? request
        : { ...(environment && { environment }), ...(apiUrl && { apiUrl }), ...request };
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
    this.#write(tried);
  }

  /** Goes to another environment on trial, to its own cloud. */
  move(name: EnvironmentName): void {
    this.#movedTo = name;
  }

  /** Back where it was. */
  moveBack(): void {
    this.#movedTo = undefined;
  }

  /** Stores where it has gone to. @throws {Error} when the medium fails; it stays there until it is moved back */
  keepMove(): void {
    const environment = this.#movedTo;
    if (environment === undefined) return;
    const { ssid, password } = this.#stored;
    this.#write({ ...(ssid && { ssid }), ...(password && { password }), environment });
    this.#movedTo = undefined;
  }

  /** The board is in its project: the token has done its work. @throws {Error} when the medium fails */
  forgetToken(): void {
    if (this.#stored.bindToken === undefined) return;
    const { bindToken: _, ...rest } = this.#stored;
    this.#stored = rest;
    this.#record.write(rest);
  }

  /** A build that does not know it any more has one of its own. */
  #called(name: EnvironmentName | undefined): Environment {
    return (name && this.#environments.get(name)) ?? this.#environments.default;
  }

  #write(told: Told): void {
    this.#record.write(told);
    this.#stored = told;
  }
}
