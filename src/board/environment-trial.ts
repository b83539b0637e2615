import { BAD_PARAMETER, NOT_NOW } from '../core/control-command.js';
import { type Environment, type EnvironmentName, isEnvironmentName, WrongField } from '../core/environment.js';
import type { SigningKeys } from '../core/jws.js';
import type { LifeEvent } from '../core/life-cycle.js';
import { readTrustBundle, type TrustBundle } from '../core/trust-bundle.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { ServiceAnswer } from '../thing/device-services.js';
import type { Diagnostics } from './diagnostics.js';
import type { Environments } from './environments.js';
import { whyOffline } from './explain.js';
import type { KnownNetwork } from './known-network.js';
import type { Membership } from './membership.js';

/** A board that is not online so long after it has left its cloud for another goes back, ms. */
export const TRIAL_MS = 180_000;

export interface EnvironmentTrialOptions {
  readonly host: Host;
  readonly environments: Environments;
  readonly network: KnownNetwork;
  readonly membership: Membership;
  readonly diagnostics: Diagnostics;
  /** Who must have signed a bundle. */
  readonly updateKeys: () => SigningKeys;
  /**
   * Leaves the cloud, then calls back, then goes to the one that is the board's from then on. Does neither at once: what asked for it
   * is first answered.
   */
  readonly onMove: (switchOver: () => void) => void;
}

interface Candidate {
  readonly name: EnvironmentName;
  /** What changes the environment; absent: it is only another one. */
  readonly bundle?: TrustBundle;
  stage: 'leaving' | 'tried' | 'refused';
}

/**
 * Moves a board from one environment to another, or to what a signed bundle makes of its own. The new one is tried: it is kept once
 * the board is online there, and until then nothing durable changes; else the old one is back, after three minutes at most or after
 * a power cut.
 */
export class EnvironmentTrial {
  readonly #options: EnvironmentTrialOptions;
  #candidate: Candidate | undefined;
  #deadline: TimerHandle | undefined;
  /** What went wrong last. */
  #reason = '';

  constructor(options: EnvironmentTrialOptions) {
    this.#options = options;
  }

  /** Whether what the board has now may still be taken back. */
  get isUnderWay(): boolean {
    return this.#candidate !== undefined;
  }

  /** The service `setEnvironment`. */
  choose(name: unknown): ServiceAnswer {
    const { environments, network, diagnostics } = this.#options;
    const environment = isEnvironmentName(name) ? environments.get(name) : undefined;
    if (environment === undefined) return refused(`name must be one of ${environments.names.join(', ')}`);
    if (this.#candidate !== undefined) return BUSY;
    const unsafe = environments.whyUnsafe(environment, environment.apiUrl);
    if (unsafe !== undefined) return refused(`name: ${unsafe}`);
    if (environment.name !== network.environment.name || network.isByHand) return this.#accept(environment.name);
    return accepted(() => diagnostics.emit('info', 'environment_kept', { name: environment.name }));
  }

  /** The service `setTrust`. */
  trust(signed: unknown): ServiceAnswer {
    const { host, environments, network, diagnostics, updateKeys } = this.#options;
    let bundle: TrustBundle;
    try {
      bundle = readTrustBundle(host.crypto, host.text, updateKeys(), signed);
    } catch (error) {
      if (error instanceof WrongField) return refused(error.message);
      throw error;
    }
    const { version } = bundle;
    if (version <= environments.version) {
      return refused(`bundle.version must be higher than ${environments.version}, which this board has kept`);
    }
    if (!environments.hasRoomFor(bundle)) return refused('bundle.environments is more than this board can keep');
    if (this.#candidate !== undefined) return BUSY;
    const { environment } = network;
    const changed = bundle.environments.find(({ name }) => name === environment.name);
    if (changed !== undefined && !isSame(changed, environment)) {
      const unsafe = environments.whyUnsafe(changed, network.isByHand ? network.apiUrl : changed.apiUrl);
      return unsafe === undefined ? this.#accept(environment.name, bundle) : refused(`bundle: ${unsafe}`);
    }
    // Those that it is not in are tried when it goes there.
    environments.try(bundle);
    try {
      environments.keep();
    } catch {
      environments.drop();
      diagnostics.emit('error', 'storage_failed', { record: 'environment' });
      return { code: NOT_NOW, message: 'the bundle could not be stored' };
    }
    return accepted(() => diagnostics.emit('info', 'trust_kept', { version }));
  }

  /** The board is online: what it is on trial in is kept, or given up where that cannot be stored. */
  online(): void {
    const candidate = this.#candidate;
    if (candidate?.stage !== 'tried') return;
    const { environments, network, membership, diagnostics } = this.#options;
    const { name, bundle } = candidate;
    let record = 'activation';
    try {
      // In this order: with a cut in between, the board is where it was, with all that it had there.
      membership.keepTrial();
      record = bundle === undefined ? 'network' : 'environment';
      if (bundle === undefined) network.keepMove();
      else environments.keep();
    } catch {
      diagnostics.emit('error', 'storage_failed', { record });
      this.#refuse('it could not be stored');
      return;
    }
    this.#end();
    diagnostics.emit('info', 'environment_kept', { name, ...(bundle && { version: bundle.version }) });
  }

  /** What went wrong is told if nothing else comes of it. */
  follow(event: LifeEvent): void {
    this.#reason = whyOffline(event) ?? this.#reason;
  }

  /** Somebody sets the board up: what is tried counts no more. Also at a stop. */
  abandon(): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    this.#goBack();
    if (candidate.stage === 'refused') return;
    this.#options.diagnostics.emit('warn', 'environment_refused', { name: candidate.name, reason: 'given up' });
  }

  #accept(name: EnvironmentName, bundle?: TrustBundle): ServiceAnswer {
    const candidate: Candidate = { name, ...(bundle && { bundle }), stage: 'leaving' };
    this.#candidate = candidate;
    return accepted(() => {
      const { diagnostics, onMove } = this.#options;
      diagnostics.emit('info', 'environment_tried', { name, ...(bundle && { version: bundle.version }) });
      onMove(() => this.#begin(candidate));
    });
  }

  /** The old cloud has been left. */
  #begin(candidate: Candidate): void {
    if (this.#candidate !== candidate) return;
    const { host, environments, network, membership } = this.#options;
    candidate.stage = 'tried';
    this.#reason = 'nothing has answered';
    if (candidate.bundle === undefined) network.move(candidate.name);
    else environments.try(candidate.bundle);
    membership.beginTrial();
    this.#deadline = host.timer.set(() => {
      this.#refuse(`not online within ${TRIAL_MS / 1_000} s: ${this.#reason}`);
    }, TRIAL_MS);
  }

  #refuse(reason: string): void {
    const candidate = this.#candidate!;
    const { diagnostics, onMove } = this.#options;
    candidate.stage = 'refused';
    diagnostics.emit('warn', 'environment_refused', { name: candidate.name, reason });
    onMove(() => {
      if (this.#candidate === candidate) this.#goBack();
    });
  }

  #goBack(): void {
    const { environments, network, membership } = this.#options;
    environments.drop();
    network.moveBack();
    membership.endTrial();
    this.#end();
  }

  #end(): void {
    this.#options.host.timer.clear(this.#deadline);
    this.#candidate = this.#deadline = undefined;
  }
}

const BUSY: ServiceAnswer = Object.freeze({ code: NOT_NOW, message: 'another environment is being tried' });

function refused(message: string): ServiceAnswer {
  return { code: BAD_PARAMETER, message };
}

function accepted(act: () => void): ServiceAnswer {
  return { code: 200, message: undefined, act };
}

function isSame(one: Environment, other: Environment): boolean {
  const { apiUrl, anchors = [], ntpServer } = one;
  const { anchors: others = [] } = other;
  const isSameTrust = anchors.length === others.length && anchors.every((anchor, at) => anchor === others[at]);
  return apiUrl === other.apiUrl && ntpServer === other.ntpServer && isSameTrust;
}
