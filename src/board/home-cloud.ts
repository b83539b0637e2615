import type { SigningKeys } from '../core/jws.js';
import type { LifeEvent } from '../core/life-cycle.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import type { Diagnostics } from './diagnostics.js';
import { EnvironmentTrial } from './environment-trial.js';
import { Environments } from './environments.js';
import type { Identity } from './identity.js';
import { KnownNetwork } from './known-network.js';
import { Membership } from './membership.js';
import type { TimeKeeper } from './time-keeper.js';
import { Trust } from './trust.js';

export interface HomeCloudOptions {
  readonly host: Host;
  readonly product: Product;
  readonly identity: Identity;
  readonly time: TimeKeeper;
  readonly diagnostics: Diagnostics;
  /** Whether the flash may hold what is to be forgotten. */
  readonly isForgotten: boolean;
  /** See `EnvironmentTrialOptions`. */
  readonly updateKeys: () => SigningKeys;
  /** See `EnvironmentTrialOptions`. */
  readonly onMove: (switchOver: () => void) => void;
}

/** The cloud that the board belongs to: where it is, whom to believe there, what the board is to it, and how it comes to another. */
export class HomeCloud {
  readonly environments: Environments;
  readonly network: KnownNetwork;
  readonly membership: Membership;
  readonly trial: EnvironmentTrial;
  readonly #time: TimeKeeper;
  readonly #diagnostics: Diagnostics;

  constructor({ host, product, identity, time, diagnostics, isForgotten, updateKeys, onMove }: HomeCloudOptions) {
    const { clock } = time;
    this.#time = time;
    this.#diagnostics = diagnostics;
    const environments = new Environments(host, identity.anchors, isForgotten);
    const network = new KnownNetwork(host, environments, isForgotten);
    const trust = new Trust({
      crypto: host.crypto,
      clock,
      diagnostics,
      onTimeDoubted: () => time.check(),
      identity: identity.client,
      anchors: () => network.environment.anchors,
    });
    const membership = new Membership({
      host,
      product,
      identity,
      clock,
      network,
      trust,
      diagnostics,
      isForgotten,
    });
    this.environments = environments;
    this.network = network;
    this.membership = membership;
    this.trial = new EnvironmentTrial({ host, environments, network, membership, diagnostics, updateKeys, onMove });
  }

  /** Whether its broker proves itself by TLS. */
  get isSecured(): boolean {
    return this.membership.broker?.security !== undefined;
  }

  /** Makes one attempt to be activated, and tells what came of it, and of the time. The result gives it up, silently. */
  activate(onDone: (event: LifeEvent) => void): { close(): void } {
    return this.membership.activate({
      onActivated: () => onDone({ type: 'activated' }),
      onFailed: (failure) => onDone({ type: 'activation_failed', failure }),
      onDate: (header, isSecure) => this.#time.takeDate(header, isSecure),
    });
  }

  /** The board is online: what was tried is kept, and what was secured is never without again. */
  online(): void {
    this.trial.online();
    // What is about to be given up says nothing of what the board goes back to.
    if (this.trial.isUnderWay || !this.isSecured) return;
    const { environment, apiUrl } = this.network;
    try {
      this.environments.secured(environment.name, apiUrl.startsWith('https:'));
    } catch {
      this.#diagnostics.emit('error', 'storage_failed', { record: 'environment' });
    }
  }
}
