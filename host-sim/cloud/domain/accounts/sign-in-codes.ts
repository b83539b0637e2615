import { timingSafeEqual } from 'node:crypto';
import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { UserRow, UserStore } from '../../store/user-store.js';
import { hashSecret } from '../secrets.js';
import type { TokenPair, UserService, UserView } from '../users.js';

/** How long a code may be used, ms. */
const SIGN_IN_CODE_LIFETIME_MS = 3_600_000;
/** Codes that are not used yet; beyond that the oldest is forgotten. */
const MAX_SIGN_IN_CODES = 16;
/** 144 random bits: 24 characters. */
const CODE_BYTES = 18;

interface UnusedCode {
  readonly hash: Buffer;
  readonly userId: number;
  /** The code is void once this is not the user's any more. */
  readonly passwordHash: string;
  readonly until: number;
}

/**
 * Codes that log a user in once in the place of his password: for the link that whoever starts a cloud is shown. A code
 * holds for an hour and until his password changes. Its hash is kept in memory alone, so a restart ends it.
 */
export class SignInCodes {
  readonly #store: UserStore;
  readonly #users: UserService;
  readonly #environment: CloudEnvironment;
  #unused: readonly UnusedCode[] = [];

  constructor(options: { store: UserStore; users: UserService; environment: CloudEnvironment }) {
    this.#store = options.store;
    this.#users = options.users;
    this.#environment = options.environment;
  }

  /** A new code for a user, who is there: characters that need no escape in a URL. */
  make(userId: number): string {
    const code = this.#environment.randomBytes(CODE_BYTES).toString('base64url');
    const { password_hash: passwordHash } = this.#store.byId(userId)!;
    const until = this.#environment.now() + SIGN_IN_CODE_LIFETIME_MS;
    this.#unused = [...this.#unused, { hash: hashSecret(code), userId, passwordHash, until }].slice(-MAX_SIGN_IN_CODES);
    return code;
  }

  /** Uses a code up. @throws CloudError `invalid_code`: wrong, used, or over */
  async logIn(code: string): Promise<TokenPair & { readonly user: UserView }> {
    return this.#users.logInAs(this.#redeem(code));
  }

  #redeem(code: string): UserRow {
    const hash = hashSecret(code);
    // Each is compared, whichever fits.
    const [found] = this.#unused.filter((one) => timingSafeEqual(one.hash, hash));
    this.#unused = this.#unused.filter((one) => one !== found);
    const user = found && this.#store.byId(found.userId);
    if (!user || user.password_hash !== found.passwordHash || this.#environment.now() >= found.until) {
      throw new CloudError(
        'invalid_code',
        "the link was used, is over or is not of this start of the cloud: use the one printed last, or the account's password",
      );
    }
    return user;
  }
}
