import { ActivationRequest } from '../activation/activation-request.js';
import { activationRecord } from '../activation/activation-store.js';
import type { Activation, ActivationOutcome } from '../core/activation-answer.js';
import type { ActivationFailure } from '../core/backoff.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import type { JsonRecord } from '../records/json-record.js';
import type { Broker } from '../session/session.js';
import type { Diagnostics } from './diagnostics.js';
import type { KnownNetwork } from './known-network.js';
import type { Trust } from './trust.js';

export interface MembershipOptions {
  readonly host: Host;
  readonly product: Product;
  readonly serial: string;
  readonly network: KnownNetwork;
  /** Absent: its environment has no CA, and nothing is secured. */
  readonly trust: Trust | undefined;
  readonly diagnostics: Diagnostics;
  /** Whether the flash may hold what is to be forgotten. */
  readonly isForgotten: boolean;
}

/** What came of an attempt to activate. */
export interface ActivationEvents {
  onActivated(): void;
  onFailed(failure: ActivationFailure): void;
  /** The `Date` header of an answer that came. */
  onDate(header: string): void;
}

/** What the board is at its cloud: its activation, and how it comes by it. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #record: JsonRecord<Activation>;
  #stored: Activation | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { host, isForgotten } = options;
    this.#record = activationRecord(host.secrets, host.text);
    if (!isForgotten) this.#stored = this.#record.read();
  }

  /** What the cloud has given it. What another one gave is of no use; it is kept until there is something better. */
  get activation(): Activation | undefined {
    const { host, network } = this.#options;
    const apiUrl = this.#stored?.apiUrl ?? host.settings.environment.apiUrl;
    const activation = this.#stored;
    // Asked for with every message: nothing is made for the answer.
    return apiUrl === network.apiUrl && activation && this.#portOf(activation) !== undefined ? activation : undefined;
  }

  /** Where its broker is, once activated. */
  get broker(): Broker | undefined {
    const { activation } = this;
    if (activation === undefined) return undefined;
    return { host: activation.mqtt.host, port: this.#portOf(activation)!, security: this.#options.trust };
  }

  /** With a CA there is no way but over TLS: a cloud that offers none has no port. */
  #portOf({ mqtt }: Activation): number | undefined {
    const { trust } = this.#options;
    if (trust === undefined) return mqtt.port;
    return (trust.identity && mqtt.portMTLS) ?? mqtt.portTLS;
  }

  /** Whether it needs nothing more of the cloud's API; who holds a token to put it into his project wants it activated again. */
  get isActivated(): boolean {
    return this.activation !== undefined && this.#options.network.bindToken === undefined;
  }

  /** Makes one attempt. The result gives it up, silently. */
  activate(events: ActivationEvents): { close(): void } {
    const { host, product, serial, network, trust } = this.#options;
    return new ActivationRequest({
      host,
      product,
      serial,
      apiUrl: network.apiUrl,
      security: trust,
      bindToken: network.bindToken,
      onDate: (header) => events.onDate(header),
      onOutcome: (outcome) => {
        const failure = this.#take(outcome);
        if (failure === undefined) events.onActivated();
        else events.onFailed(failure);
      },
    });
  }

  #take(outcome: ActivationOutcome): ActivationFailure | undefined {
    if (!outcome.ok) return outcome.failure;
    const { network, diagnostics } = this.#options;
    const activation = { ...outcome.activation, apiUrl: network.apiUrl };
    if (this.#portOf(activation) === undefined) {
      return { kind: 'broken', reason: 'the cloud offers no MQTT over TLS, and this environment wants it' };
    }
    try {
      // Durable before it is used: the old credentials have just stopped working.
      this.#record.write(activation);
    } catch {
      diagnostics.emit('error', 'storage_failed', { record: 'activation' });
      return { kind: 'broken', reason: 'the activation could not be stored' };
    }
    this.#stored = activation;
    try {
      network.forgetToken();
    } catch {
      // It is used up, and a cloud that knows the board takes it with one that is.
      diagnostics.emit('error', 'storage_failed', { record: 'network' });
    }
    diagnostics.emit('info', 'activated', { deviceId: activation.deviceId });
    return undefined;
  }
}
