import {
  type Environment,
  type EnvironmentName,
  environmentTable,
  isEnvironmentName,
  readEnvironmentTable,
} from '../core/environment.js';
import { isObject } from '../core/json-guard.js';
import type { TrustBundle } from '../core/trust-bundle.js';
import type { Host } from '../ports/host.js';
import { JsonRecord } from '../records/json-record.js';

/** Key of the record of what a board has learnt of its environments. */
export const ENVIRONMENT_RECORD = 'environment';
/** What bundles have brought takes no more than this, characters of JSON. */
const MAX_TABLE_CHARACTERS = 7_000;

/** What has once been secured in an environment: the session, or the API as well. */
type Secured = 'session' | 'api';

interface Learnt {
  /** Of the last bundle that was kept; 0: there was none. */
  readonly version: number;
  /** What bundles have brought. */
  readonly environments: readonly Environment[];
  readonly secured: Readonly<Partial<Record<EnvironmentName, Secured>>>;
}

const NOTHING: Learnt = Object.freeze({ version: 0, environments: Object.freeze([]), secured: Object.freeze({}) });

/**
 * The environments that a board knows: those of its build, and over them what signed bundles have brought. Where the build names no CA
 * for its own environment, those of the factory record are its. Which one the board is in is told to `KnownNetwork`. A bundle that is tried counts until it is dropped, and is stored only when it is kept.
 */
export class Environments {
  readonly #own: Environment;
  readonly #others: readonly Environment[];
  readonly #record: JsonRecord<Learnt>;
  #learnt: Learnt = NOTHING;
  #tried: Learnt | undefined;

  /**
   * @param factoryAnchors CAs of the factory record
   * @param isForgotten the board is back in the state of the factory, whatever its flash still says
   */
  constructor({ settings, storage, text }: Host, factoryAnchors: readonly string[], isForgotten: boolean) {
    const { environment, environments = [] } = settings;
    const hasAnchors = environment.anchors !== undefined || factoryAnchors.length === 0;
    this.#own = hasAnchors ? environment : { ...environment, anchors: factoryAnchors };
    this.#others = environments;
    this.#record = new JsonRecord(storage, text, ENVIRONMENT_RECORD, readLearnt);
    if (!isForgotten) this.#learnt = this.#record.read() ?? NOTHING;
  }

  /** Those that it knows, by their names. */
  get names(): EnvironmentName[] {
    const names = new Set<EnvironmentName>();
    for (const { name } of [this.#own, ...this.#others, ...this.#now.environments]) names.add(name);
    return [...names];
  }

  /** The one that it is in until it is told another. */
  get default(): Environment {
    return this.get(this.#own.name)!;
  }

  /** Asked for with every message: nothing is made for the answer. */
  get(name: EnvironmentName): Environment | undefined {
    const learnt = find(this.#now.environments, name);
    if (learnt !== undefined || this.#own.name === name) return learnt ?? this.#own;
    return find(this.#others, name);
  }

  /** Of the last bundle that was kept; 0: none was. */
  get version(): number {
    return this.#learnt.version;
  }

  /** Whether all that is known would fit with this bundle. */
  hasRoomFor(bundle: TrustBundle): boolean {
    return JSON.stringify(written(merge(this.#learnt, bundle))).length <= MAX_TABLE_CHARACTERS;
  }

  /** What a bundle says counts from here on. */
  try(bundle: TrustBundle): void {
    this.#tried = merge(this.#learnt, bundle);
  }

  /** The trial has failed. */
  drop(): void {
    this.#tried = undefined;
  }

  /** Stores what was tried. @throws {Error} when the medium fails; it counts until it is dropped */
  keep(): void {
    if (this.#tried === undefined) return;
    this.#write(this.#tried);
    this.#tried = undefined;
  }

  /** Why nothing may be sent to an API at this address in that environment, as a sentence; `undefined`: it may. */
  whyUnsafe(environment: Environment, apiUrl: string): string | undefined {
    const { name, anchors } = environment;
    const hasAnchors = anchors !== undefined && anchors.length > 0;
    const isSecure = apiUrl.startsWith('https:');
    if (isSecure && !hasAnchors) return `environment ${name} has no CA, and its API is at https://: give it one`;
    if (!isSecure && environment.apiUrl.startsWith('https:')) {
      return `environment ${name} has its API at https://, and the address by hand is at http://: set the board up anew`;
    }
    const secured = this.#learnt.secured[name];
    if (secured !== undefined && !hasAnchors) {
      return `environment ${name} has lost its CA: it was secured before, and is never used in the clear again`;
    }
    if (secured === 'api' && !isSecure) {
      return `environment ${name} has an API at http:// that was at https:// before, and is never used in the clear again`;
    }
    return undefined;
  }

  /** A session was online over TLS: from here on the environment is never used in the clear. @throws {Error} when the medium fails */
  secured(name: EnvironmentName, isApiSecure: boolean): void {
    const { secured } = this.#learnt;
    const now: Secured = isApiSecure || secured[name] === 'api' ? 'api' : 'session';
    if (secured[name] !== now) this.#write({ ...this.#learnt, secured: { ...secured, [name]: now } });
  }

  get #now(): Learnt {
    return this.#tried ?? this.#learnt;
  }

  #write(learnt: Learnt): void {
    this.#record.writeJson(JSON.stringify(written(learnt)));
    this.#learnt = learnt;
  }
}

function find(environments: readonly Environment[], name: EnvironmentName): Environment | undefined {
  for (let at = 0; at < environments.length; at++) if (environments[at]!.name === name) return environments[at];
  return undefined;
}

function merge(learnt: Learnt, { version, environments }: TrustBundle): Learnt {
  const others = learnt.environments.filter(({ name }) => find(environments, name) === undefined);
  return { ...learnt, version, environments: [...others, ...environments] };
}

/** As it is stored: environments in the form of the bundles. */
function written({ version, environments, secured }: Learnt): object {
  // Where nothing has been learnt, what `secured` is lies in flash, and XS does not stringify what does.
  return { version, environments: environmentTable(environments), secured: { ...secured } };
}

function readLearnt(value: Record<string, unknown>): Learnt | undefined {
  const { version, environments, secured } = value;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0 || !isObject(secured))
    return undefined;
  for (const [name, what] of Object.entries(secured)) {
    if (!isEnvironmentName(name) || (what !== 'session' && what !== 'api')) return undefined;
  }
  // What is wrong with it throws, and reads as missing.
  return { version, environments: readEnvironmentTable(environments, 'environments'), secured };
}
