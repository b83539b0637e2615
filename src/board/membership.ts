import { ActivationRequest } from '../activation/activation-request.js';
import { ActivationSigner } from '../activation/activation-signer.js';
import {
  activationOf,
  activationRecord,
  type StoredActivation,
  withActivation,
} from '../activation/activation-store.js';
import { ServerCheck } from '../activation/server-check.js';
import type { Activation, ActivationOutcome } from '../core/activation-answer.js';
import type { ActivationFailure } from '../core/backoff.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import type { JsonRecord } from '../records/json-record.js';
import type { Broker } from '../session/session.js';
import type { Diagnostics } from './diagnostics.js';
import type { Identity } from './identity.js';
import type { KnownNetwork } from './known-network.js';
import type { Trust } from './trust.js';
import type { WallClock } from './wall-clock.js';

export interface MembershipOptions {
  readonly host: Host;
  readonly product: Product;
  readonly identity: Identity;
  readonly clock: WallClock;
  readonly network: KnownNetwork;
  readonly trust: Trust;
  readonly diagnostics: Diagnostics;
  /** Whether the flash may hold what is to be forgotten. */
  readonly isForgotten: boolean;
}

/** What came of an attempt to activate. */
export interface ActivationEvents {
  onActivated(): void;
  onFailed(failure: ActivationFailure): void;
  /** The `Date` header of an answer that came; `isSecure`: over TLS. */
  onDate(header: string, isSecure: boolean): void;
}

/**
 * What the board is at its cloud: its activation, and how it comes by it. While a cloud is on trial nothing of it is stored, and
 * one that knows the board already has its server proven before its broker is tried.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #record: JsonRecord<StoredActivation>;
  readonly #signer: ActivationSigner | undefined;
  #stored: StoredActivation | undefined;
  /** Of the cloud on trial: what it has given, and whether its server has been proven. */
  #trial: { given?: Activation; isProven: boolean } | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { host, isForgotten } = options;
    this.#record = activationRecord(host.secrets, host.text);
    if (!isForgotten) this.#stored = this.#record.read();
    this.#signer = signerOf(options);
  }

  /** What its cloud has given it. What others gave is of no use there; it is kept for the day that the board is led back. */
  get activation(): Activation | undefined {
    const { host, network } = this.#options;
    if (network.whyUnsafe !== undefined) return undefined;
    const known = this.#trial?.given ?? activationOf(this.#stored, network.apiUrl, host.settings.environment.apiUrl);
    return known && this.#portOf(known) !== undefined ? known : undefined;
  }

  /** Where its broker is, once activated. */
  get broker(): Broker | undefined {
    const { activation } = this;
    if (activation === undefined) return undefined;
    return { host: activation.mqtt.host, port: this.#portOf(activation)!, security: this.security };
  }

  /** With a CA there is no way but over TLS: a cloud that offers none has no port. */
  #portOf({ mqtt }: Activation): number | undefined {
    const { trust } = this.#options;
    if (!trust.hasAnchors) return mqtt.port;
    return (trust.identity && mqtt.portMTLS) ?? mqtt.portTLS;
  }

  /** Whom to believe there; `undefined`: nobody proves himself, and all goes in the clear. */
  get security(): Trust | undefined {
    const { trust } = this.#options;
    return trust.hasAnchors ? trust : undefined;
  }

  /** Whether it needs nothing more of the cloud's API; who holds a token to put it into his project wants it activated again. */
  get isActivated(): boolean {
    const isProven = this.#trial?.isProven ?? true;
    return isProven && this.activation !== undefined && this.#options.network.bindToken === undefined;
  }

  /** The cloud is on trial from here on. */
  beginTrial(): void {
    this.#trial = { isProven: false };
  }

  /** Stores what the cloud on trial has given. @throws {Error} when the medium fails */
  keepTrial(): void {
    const given = this.#trial?.given;
    if (given !== undefined) this.#store(given);
    this.#trial = undefined;
  }

  /** The trial is over; what the cloud has given is forgotten. */
  endTrial(): void {
    this.#trial = undefined;
  }

  /** Makes one attempt. The result gives it up, silently. */
  activate(events: ActivationEvents): { close(): void } {
    const { host, product, identity, network } = this.#options;
    const { apiUrl, whyUnsafe, bindToken } = network;
    if (whyUnsafe !== undefined) return this.#refuse(whyUnsafe, events);
    const isSecure = apiUrl.startsWith('https:');
    const security = this.security;
    const onDate = (header: string): void => events.onDate(header, isSecure);
    const trial = this.#trial;
    if (trial?.isProven === false && this.activation !== undefined) {
      const onAnswered = (): void => {
        trial.isProven = true;
        events.onActivated();
      };
      const onFailed = (reason: string): void => events.onFailed({ kind: 'broken', reason });
      return new ServerCheck({ host, apiUrl, security, onDate, onAnswered, onFailed });
    }
    return new ActivationRequest({
      host,
      product,
      serial: identity.serial,
      apiUrl,
      security,
      bindToken,
      signer: this.#signer,
      onDate,
      onOutcome: (outcome) => {
        const failure = this.#take(outcome);
        if (failure === undefined) events.onActivated();
        else events.onFailed(failure);
      },
    });
  }

  #refuse(reason: string, events: ActivationEvents): { close(): void } {
    const { timer } = this.#options.host;
    const soon = timer.set(() => events.onFailed({ kind: 'unable', reason }));
    return { close: () => timer.clear(soon) };
  }

  #take(outcome: ActivationOutcome): ActivationFailure | undefined {
    if (!outcome.ok) return outcome.failure;
    const { network, diagnostics } = this.#options;
    const activation = { ...outcome.activation, apiUrl: network.apiUrl };
    if (this.#portOf(activation) === undefined) {
      return { kind: 'broken', reason: 'the cloud offers no MQTT over TLS, and this environment wants it' };
    }
    if (this.#trial !== undefined) this.#trial = { given: activation, isProven: true };
    else {
      try {
        // Durable before it is used: the old credentials have just stopped working.
        this.#store(activation);
      } catch {
        diagnostics.emit('error', 'storage_failed', { record: 'activation' });
        return { kind: 'broken', reason: 'the activation could not be stored' };
      }
      try {
        network.forgetToken();
      } catch {
        // It is used up, and a cloud that knows the board takes it with one that is.
        diagnostics.emit('error', 'storage_failed', { record: 'network' });
      }
    }
    diagnostics.emit('info', 'activated', { deviceId: activation.deviceId });
    return undefined;
  }

  #store(activation: Activation): void {
    const stored = withActivation(activation, this.#stored);
    this.#record.write(stored);
    this.#stored = stored;
  }
}

/** What signs the requests of a board that has a key for it, of a product that wants that. */
function signerOf({ host, product, identity, clock }: MembershipOptions): ActivationSigner | undefined {
  const { serial, boardKey } = identity;
  if (product.activationMode !== 'signed' || boardKey === undefined) return undefined;
  const now = () => (clock.known ? clock.nowMs() : undefined);
  return new ActivationSigner({ host, product, serial, boardKey, now });
}
