import { isObject } from '../core/json-guard.js';
import { compareVersions, isVersion } from '../core/version.js';
import type { Update } from '../ota/transfer.js';
import type { Host } from '../ports/host.js';
import type { RecordStorage } from '../ports/storage.js';
import { JsonRecord } from '../records/json-record.js';

/** Key of the record, which a factory reset keeps. */
export const UPDATE_RECORD = 'update';
/** Builds whose failures are remembered. */
const MAX_FAILED_BUILDS = 4;
/** Of why a build went back, as much as is kept. */
const MAX_REASON_CHARACTERS = 120;

/** What proven updates have brought; what none has brought, the build says. */
export interface UpdatePolicy {
  /** Bits of the keys that must all have signed the next package. */
  readonly required?: number;
  /** Lowest version that is taken. */
  readonly floor?: string;
}

/** A build that the board has switched to, and that has not proven itself. */
export interface SwitchedTo extends Update {
  /** How often the board has switched to it. */
  readonly switches: number;
  /** It may have run since: what has reset the board may have been its doing. */
  readonly mayHaveRun: boolean;
  /** Why it gave itself up. */
  readonly reason?: string;
}

interface FailedBuild {
  readonly digest: string;
  readonly count: number;
}

interface UpdateState {
  readonly policy: UpdatePolicy;
  readonly trial?: SwitchedTo;
  /** Newest last. */
  readonly failed: readonly FailedBuild[];
}

/** Where the flash cannot be read, a key that was retired must not pass for one that is wanted. */
const NOBODY_SIGNS: UpdatePolicy = Object.freeze({ required: 0 });

/**
 * What a board remembers of its updates: who must sign the next, the lowest version, the build that is on trial, and which have
 * failed. It is asked for rarely, so it is read when it is, and every change is one atomic write.
 */
export class UpdateRecord {
  readonly #storage: RecordStorage;
  readonly #record: JsonRecord<UpdateState>;

  constructor({ storage, text }: Host) {
    this.#storage = storage;
    this.#record = new JsonRecord(storage, text, UPDATE_RECORD, readState);
  }

  /** What counts now. While the medium fails, nobody may sign (`required` is 0). */
  get policy(): UpdatePolicy {
    try {
      this.#storage.read(UPDATE_RECORD);
    } catch {
      return NOBODY_SIGNS;
    }
    return this.#state.policy;
  }

  /** The build that the board has switched to, where what became of that is not settled. */
  get trial(): SwitchedTo | undefined {
    return this.#state.trial;
  }

  /** How often the build of that digest has been given up. */
  failuresOf(digest: string): number {
    return this.#state.failed.find((build) => build.digest === digest)?.count ?? 0;
  }

  /** The board is about to switch. @throws {Error} when the medium fails; so do all below */
  switching({ version, digest, required, floor }: Update): void {
    this.#change((state) => {
      const switches = state.trial?.digest === digest ? state.trial.switches + 1 : 1;
      return { ...state, trial: { version, digest, required, floor, switches, mayHaveRun: true } };
    });
  }

  /** What is known of the build on trial, or why it gives up. Nothing where none is. */
  note(what: { readonly mayHaveRun?: boolean; readonly reason?: string }): void {
    if (what.reason !== undefined) what = { ...what, reason: what.reason.slice(0, MAX_REASON_CHARACTERS) };
    this.#change(({ trial, ...state }) => (trial === undefined ? state : { ...state, trial: { ...trial, ...what } }));
  }

  /** The build on trial has failed: that counts. */
  failed(): void {
    this.#change(({ trial, ...state }) => {
      if (trial === undefined) return state;
      const { digest } = trial;
      const count = (state.failed.find((build) => build.digest === digest)?.count ?? 0) + 1;
      const others = state.failed.filter((build) => build.digest !== digest);
      return { ...state, failed: [...others, { digest, count }].slice(-MAX_FAILED_BUILDS) };
    });
  }

  /** There is nothing on trial any more, and nobody to blame. */
  forgetTrial(): void {
    this.#change(({ trial: _, ...state }) => state);
  }

  /**
   * The build on trial has proven itself: what it brought counts from here on. The floor never sinks.
   * @param knowsKeys whether it knows the keys that it wants; else those that were wanted before stay
   */
  proven(knowsKeys: boolean): void {
    this.#change(({ trial, ...state }) => {
      if (trial === undefined) return state;
      const { policy } = state;
      const required = knowsKeys ? trial.required : policy.required;
      const isHigher = policy.floor === undefined || compareVersions(trial.floor, policy.floor) > 0;
      const floor = isHigher ? trial.floor : policy.floor;
      return {
        ...state,
        policy: { ...(required !== undefined && { required }), ...(floor !== undefined && { floor }) },
      };
    });
  }

  get #state(): UpdateState {
    // No constant: that would lie in flash, and XS does not stringify what does.
    return this.#record.read() ?? { policy: {}, failed: [] };
  }

  #change(change: (state: UpdateState) => UpdateState): void {
    // One that cannot be read just now may hold a floor, which nothing written over it would have.
    this.#storage.read(UPDATE_RECORD);
    this.#record.write(change(this.#state));
  }
}

/** Each part by itself: what is wrong with one is no reason to do without the others. */
function readState({ policy, trial, failed }: Record<string, unknown>): UpdateState {
  const switchedTo = readSwitchedTo(trial);
  return {
    policy: readPolicy(policy),
    ...(switchedTo && { trial: switchedTo }),
    failed: Array.isArray(failed) ? failed.filter(isFailedBuild).slice(-MAX_FAILED_BUILDS) : [],
  };
}

function readPolicy(value: unknown): UpdatePolicy {
  if (!isObject(value)) return {};
  const { required, floor } = value;
  return { ...(isMask(required) && { required }), ...(isVersionText(floor) && { floor }) };
}

function readSwitchedTo(value: unknown): SwitchedTo | undefined {
  if (!isObject(value)) return undefined;
  const { version, digest, required, floor, switches, mayHaveRun, reason } = value;
  if (!isVersionText(version) || !isVersionText(floor) || !isDigest(digest) || !isMask(required)) return undefined;
  if (!isCount(switches) || typeof mayHaveRun !== 'boolean') return undefined;
  const hasReason = typeof reason === 'string' && reason.length <= MAX_REASON_CHARACTERS;
  return { version, digest, required, floor, switches, mayHaveRun, ...(hasReason && { reason }) };
}

function isFailedBuild(value: unknown): value is FailedBuild {
  return isObject(value) && isDigest(value['digest']) && isCount(value['count']);
}

function isVersionText(value: unknown): value is string {
  return typeof value === 'string' && isVersion(value);
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isMask(value: unknown): value is number {
  return isCount(value) && value <= 0xff;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
