import type { PrivateFiles } from '../../data-directory.js';
import type { CloudEnvironment } from '../../environment.js';
import { CloudStartError } from '../../errors.js';

/** In the data directory: the user domain and its secret. */
const USER_DOMAIN_FILE = 'user-domain.json';
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const SECRET_LENGTH = 44;
/** The part of a byte's values that is a whole number of alphabets: the rest would favour its first letters. */
const FAIR_BYTES = 256 - (256 % BASE58.length);

/** What a domain and a secret may be that somebody chooses. */
export const USER_DOMAIN_FORM = /^[A-Za-z0-9._-]{1,64}$/;
export const USER_DOMAIN_SECRET_FORM = /^[\x21-\x7e]{16,128}$/;

/** Under which name apps of end users ask this cloud, and what they sign with. */
export interface UserDomain {
  readonly domain: string;
  readonly secret: string;
}

/**
 * The user domain of a cloud. One that is given is kept, and is the one of later starts; else it is made at first start, and
 * where nothing is kept when somebody first asks for it.
 */
export class UserDomainKeeper {
  readonly #directory: PrivateFiles | undefined;
  readonly #environment: CloudEnvironment;
  #current: UserDomain | undefined;

  /** @throws CloudStartError `data_dir_corrupt`, `data_dir_unwritable`, `invalid_option` */
  constructor(options: {
    directory: PrivateFiles | undefined;
    environment: CloudEnvironment;
    given: UserDomain | undefined;
  }) {
    const { directory, environment, given } = options;
    this.#directory = directory;
    this.#environment = environment;
    if (given) checkGiven(given);
    const kept = readKept(directory);
    this.#current = given ?? kept;
    if (given && (given.domain !== kept?.domain || given.secret !== kept.secret)) this.#keep(given);
    if (directory && !this.#current) this.#make();
  }

  get current(): UserDomain {
    return this.#current ?? this.#make();
  }

  /** Where the secret is kept, readable by its owner only. */
  get file(): string | undefined {
    return this.#directory?.file(USER_DOMAIN_FILE);
  }

  #make(): UserDomain {
    const number = 10_000 + (this.#environment.randomBytes(4).readUInt32BE() % 90_000);
    const made = { domain: `C.DM.${number}.1`, secret: randomBase58(this.#environment, SECRET_LENGTH) };
    this.#keep(made);
    this.#current = made;
    return made;
  }

  #keep({ domain, secret }: UserDomain): void {
    const text = JSON.stringify({ userDomain: domain, userDomainSecret: secret }, null, 2);
    this.#directory?.writePrivate(USER_DOMAIN_FILE, `${text}\n`);
  }
}

function checkGiven({ domain, secret }: UserDomain): void {
  const wrong = !USER_DOMAIN_FORM.test(domain)
    ? ['userDomain', 'is 1 to 64 letters, digits, dots, hyphens or underscores']
    : !USER_DOMAIN_SECRET_FORM.test(secret)
      ? ['userDomainSecret', 'is 16 to 128 characters of ASCII without spaces']
      : undefined;
  if (!wrong) return;
  throw new CloudStartError('invalid_option', `${wrong[0]} ${wrong[1]}.`, { option: wrong[0]! });
}

function readKept(directory: PrivateFiles | undefined): UserDomain | undefined {
  const text = directory?.read(USER_DOMAIN_FILE);
  if (text === undefined) return undefined;
  try {
    const { userDomain: domain, userDomainSecret: secret } = JSON.parse(text) as Record<string, unknown>;
    if (typeof domain === 'string' && typeof secret === 'string') {
      const kept = { domain, secret };
      checkGiven(kept);
      return kept;
    }
  } catch {
    // The sentence is the same.
  }
  const file = directory!.file(USER_DOMAIN_FILE);
  throw new CloudStartError(
    'data_dir_corrupt',
    `${file} is not a user domain; delete it to get a new one (apps of end users need to be told).`,
    { file },
  );
}

function randomBase58(environment: CloudEnvironment, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of environment.randomBytes(length)) if (byte < FAIR_BYTES) text += BASE58[byte % BASE58.length];
  }
  return text.slice(0, length);
}
