import { createHash } from 'node:crypto';
import { version as PROGRAM_VERSION } from '../../../../package.json';
import type { EnvironmentName } from '../../../../src/core/environment.js';
import { compareVersions, isVersion } from '../../../../src/core/version.js';
import { CloudError } from '../../errors.js';
import type { Core } from '../core.js';
import { countryCode } from '../countries.js';
import type { Language } from '../devices.js';
import type { Homes } from '../homes/homes.js';
import type { ProductService } from '../products.js';
import type { UserView } from '../users.js';
import { type DictionaryEntry, makeDictionary } from './dictionary.js';
import type { Country, Division } from './geography.js';

/** The version of the API reference that this cloud follows. */
export const API_VERSION = '0.3.0';
/** Hex digits of a digest that say whether data is the same. */
const DIGEST_DIGITS = 12;
const PAGE_SIZE = 100;
/** What there is a version of. */
const DATA_NAMES = ['dictionary', 'countries', 'divisions', 'products'] as const;
type DataName = (typeof DATA_NAMES)[number];

export interface LatestVersion {
  /** Of this program. */
  readonly latest: string;
  readonly apiVersion: string;
  /** Whether that is above the version that was named; null where none was. */
  readonly isNewer: boolean | null;
}

export interface DataVersion {
  readonly name: string;
  readonly version: string;
  /** Whether it is the version that was named; null where none was. */
  readonly isLatest: boolean | null;
}

/** Data that is the same for all users: words, countries, versions. */
export class MasterData {
  readonly #homes: Homes;
  readonly #products: ProductService;
  /** Of what never changes while the program runs. */
  readonly #digests = new Map<DataName, string>();
  #dictionary: readonly DictionaryEntry[] | undefined;

  constructor(options: { homes: Homes; products: ProductService }) {
    this.#homes = options.homes;
    this.#products = options.products;
  }

  /** @throws CloudError `invalid_parameter`: that is no version */
  latest(version?: string): LatestVersion {
    if (version !== undefined && !isVersion(version))
      throw new CloudError('invalid_parameter', 'version must be like 1.2.0');
    const isNewer = version === undefined ? null : compareVersions(PROGRAM_VERSION, version) > 0;
    return { latest: PROGRAM_VERSION, apiVersion: API_VERSION, isNewer };
  }

  /**
   * Whether a board is one that engineers work with: its cloud is not of the environment `release`, or it runs a pre-release
   * (`1.2.0-rc.1`). Of several products with this serial number one is enough.
   * @throws CloudError `device_not_found`: the user sees no such board
   */
  isForEngineering(user: UserView, deviceSN: string, environment: EnvironmentName): boolean {
    const boards = this.#homes.devices.bySerial(user, deviceSN, 'en');
    if (boards.length === 0) throw new CloudError('device_not_found');
    return environment !== 'release' || boards.some(({ firmwareVersion }) => firmwareVersion.includes('-'));
  }

  /** The words of a type, of which there are none where it is unknown; or all. */
  lookup(type?: string): readonly DictionaryEntry[] {
    this.#dictionary ??= makeDictionary();
    return this.#dictionary.filter((entry) => type === undefined || entry.type === type);
  }

  /**
   * Versions by which a client knows whether what it keeps is still right; none for an unknown name.
   * @param name absent: of all data
   */
  async versions(name?: string, version?: string): Promise<DataVersion[]> {
    const names = DATA_NAMES.filter((one) => name === undefined || one === name);
    return Promise.all(
      names.map(async (one) => {
        const current = await this.#versionOf(one);
        return { name: one, version: current, isLatest: version === undefined ? null : version === current };
      }),
    );
  }

  /**
   * @param only alpha-2 of ISO 3166-1, in either case; absent: all
   * @throws CloudError `invalid_parameter`: there is no such country
   */
  async countries(language: Language, only?: string): Promise<readonly Country[]> {
    const code = only === undefined ? undefined : countryCode(only);
    const all = (await geography()).countries(language);
    return all.filter(({ alpha2 }) => code === undefined || alpha2 === code);
  }

  /**
   * The divisions of a country.
   * @param country alpha-2 of ISO 3166-1, in either case
   * @param parent of which they are direct parts: the country, or one of its divisions; absent: of all levels
   * @throws CloudError `invalid_parameter`: there is no such country
   */
  async divisions(country: string, parent?: string): Promise<readonly Division[]> {
    const code = countryCode(country);
    const all = (await geography()).divisions(code);
    return all.filter((division) => parent === undefined || division.parent === parent.toUpperCase());
  }

  async #versionOf(name: DataName): Promise<string> {
    // Users change those.
    if (name === 'products') return this.#digestOfProducts();
    const known = this.#digests.get(name);
    if (known !== undefined) return known;
    const made = digest([await this.#data(name)]);
    this.#digests.set(name, made);
    return made;
  }

  async #data(name: Exclude<DataName, 'products'>): Promise<unknown> {
    if (name === 'dictionary') return this.lookup();
    const { countries, divisions } = await geography();
    return name === 'divisions' ? divisions() : [countries('zh'), countries('en')];
  }

  #digestOfProducts(): string {
    const pages: unknown[] = [];
    for (let page = 1; ; page += 1) {
      const { list } = this.#products.list({ page, size: PAGE_SIZE });
      pages.push(digest([list]));
      if (list.length < PAGE_SIZE) return digest(pages);
    }
  }
}

export function createMasterData({ products }: Core, homes: Homes): MasterData {
  return new MasterData({ homes, products });
}

const geography = () => import('./geography.js');

function digest(data: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, DIGEST_DIGITS);
}
