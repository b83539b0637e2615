import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import { isTaken } from '../store/is-taken.js';
import type { NewUser, UserRow, UserStore } from '../store/user-store.js';
import { type CodeTarget, foldName, isPhoneNumber } from './accounts/addresses.js';
import type { JwtCodec, VerifiedClaims } from './jwt.js';
import { SlidingWindow } from './rate-limits.js';
import type { RefreshTokens } from './refresh-tokens.js';
import { hashSecret, type PasswordHasher, randomId } from './secrets.js';
import { WorkQueue } from './work-queue.js';

/** Lifetime of an access token, s (API reference, 2.2). */
export const ACCESS_LIFETIME_S = 86_400;
const MAX_FAILURES = 10;
const FAILURE_WINDOW_MS = 5 * 60_000;
/** Password hashes that are made at once: fewer than the threads of Node's pool, and logins never wait for registrations. */
const HASHES = {
  login: { width: 2, maxWaiting: 64 },
  registration: { width: 1, maxWaiting: 256 },
} as const;

/** What fits no password. */
const NO_PASSWORD = 'none';
/** User names of accounts that were closed: nobody registers one. */
const CLOSED_NAME = /^closed-\d+$/i;

/** How a new user is called, and where he is reached. */
export type UserNames = Omit<NewUser, 'passwordHash' | 'at'>;

/** A user as the API shows him (API reference, 2.1). */
export interface UserView {
  readonly userId: number;
  readonly username: string;
  readonly email: string | null;
  /** Extension, shown where he has one. */
  readonly name?: string;
}

/** A user's login as one token shows it. */
export interface UserSession {
  readonly user: UserView;
  readonly familyId: string;
  /** When the token expires, ms since 1970. */
  readonly until: number;
}

export interface TokenPair {
  readonly token: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

/** A login that was just opened. */
export interface OpenedLogin {
  readonly familyId: string;
  readonly refreshToken: string;
}

export interface Credentials {
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly password: string;
}

/** The claims of an access token, or undefined where it is none that holds. Never throws. */
export type TokenReader = (token: string, nowMs: number) => Promise<VerifiedClaims | undefined>;

/** Accounts and logins (API reference, 2). */
export class UserService {
  readonly #store: UserStore;
  readonly #environment: CloudEnvironment;
  readonly #passwords: PasswordHasher;
  readonly #jwt: JwtCodec;
  readonly #readers: TokenReader[] = [];
  readonly #refreshTokens: RefreshTokens;
  readonly #failures: SlidingWindow;
  readonly #logins = new WorkQueue(HASHES.login);
  readonly #registrations = new WorkQueue(HASHES.registration);

  constructor(options: {
    store: UserStore;
    environment: CloudEnvironment;
    passwords: PasswordHasher;
    jwt: JwtCodec;
    refreshTokens: RefreshTokens;
  }) {
    this.#store = options.store;
    this.#environment = options.environment;
    this.#passwords = options.passwords;
    this.#jwt = options.jwt;
    this.#refreshTokens = options.refreshTokens;
    this.#failures = new SlidingWindow({
      limit: MAX_FAILURES,
      windowMs: FAILURE_WINDOW_MS,
      now: () => options.environment.now(),
    });
  }

  /**
   * Makes an account; the user name may be left out where there is an e-mail address.
   * @throws CloudError `user_exists`: a name or address that logs someone in already; `invalid_parameter`;
   *   `too_many_requests`: too many register at once
   */
  async register(request: Credentials & { readonly name?: string | null | undefined }): Promise<UserView> {
    const username = loginName(request);
    const email = request.email?.trim() || null;
    return this.create({ username, email, phone: null, name: request.name?.trim() || null }, request.password);
  }

  /**
   * Makes an account with an e-mail address or a phone number that are known to be its owner's.
   * @throws CloudError `user_exists`; `invalid_parameter`: a user name that is a phone number, but not his;
   *   `too_many_requests`: too many register at once
   */
  async create(names: UserNames, password: string): Promise<UserView> {
    if (isPhoneNumber(names.username) && names.username !== names.phone) {
      throw new CloudError('invalid_parameter', 'username must not be a phone number, which needs the code sent to it');
    }
    this.#refuseTaken(names);
    const passwordHash = await this.#registrations.run(() => this.#passwords.hash(password));
    // Again, because somebody else may have registered while the hash was made.
    this.#refuseTaken(names);
    try {
      return userView(this.#store.insert({ ...names, passwordHash, at: this.#environment.now() }));
    } catch (error) {
      // Another process was faster.
      throw isTaken(error) ? taken() : error;
    }
  }

  /**
   * Makes an account whose user name is a phone number (E.164), which its owner has shown to be his.
   * @throws CloudError `user_exists`, `too_many_requests`: too many register at once
   */
  async registerByPhone({ phone, password }: { readonly phone: string; readonly password: string }): Promise<UserView> {
    return this.create({ username: phone, email: null, phone, name: null }, password);
  }

  /**
   * Logs in with user name, e-mail address or phone number.
   * @param address whose failures are counted, see `checkCredentials`
   * @throws CloudError `invalid_password`, `too_many_requests`
   */
  async login(request: Credentials, address: string): Promise<TokenPair & { readonly user: UserView }> {
    return this.logInAs(await this.checkCredentials(request, address));
  }

  /** The tokens of a new login of a user who has shown that it is he. */
  async logInAs(user: UserRow): Promise<TokenPair & { readonly user: UserView }> {
    const { familyId, refreshToken } = this.openLogin(user.user_id);
    return { user: userView(user), ...(await this.#tokens(user.user_id, familyId, refreshToken)) };
  }

  /**
   * Whose user name (or e-mail address, or phone number) and password these are. Opens no login.
   * @param address whose failures are counted: 10 in 5 minutes for one account, by whichever of its names, lock it for
   *   that address
   * @throws CloudError `invalid_password` (for an unknown user too), `too_many_requests`
   */
  async checkCredentials(request: Credentials, address: string): Promise<UserRow> {
    const username = loginName(request);
    return this.#checkPassword(this.#store.byLogin(username), request.password, address, foldName(username));
  }

  /**
   * Makes sure that who is logged in knows his password.
   * @param address whose failures are counted, see `checkCredentials`
   * @throws CloudError `invalid_password`, `too_many_requests`
   */
  async checkPassword(userId: number, password: string, address: string): Promise<UserRow> {
    const user = this.#store.byId(userId);
    // He may have closed his account a moment ago.
    return this.#checkPassword(user?.closed_at === null ? user : undefined, password, address);
  }

  /** Opens a login, from which tokens of any kind may be made. It lives as long as its refresh token, and each next one. */
  openLogin(userId: number): OpenedLogin {
    const familyId = randomId(this.#environment, 'fam_', 24);
    const { token, hash, expiresAt } = this.#refreshTokens.issue(familyId);
    this.#store.startFamily({ familyId, userId, tokenHash: hash, expiresAt });
    return { familyId, refreshToken: token };
  }

  /** The user of a login that was not ended; undefined where there is no such login of his. */
  userOfLogin(familyId: string, userId: number): UserView | undefined {
    const user = this.#store.userOfFamily(familyId, userId);
    return user && userView(user);
  }

  /** Ends a login: its access and refresh tokens hold no longer. */
  logout(familyId: string): void {
    this.#store.revokeFamily(familyId, this.#environment.now());
  }

  /** The tokens of a login that goes on. @throws CloudError `unauthorized`, see `goOn` */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const next = this.goOn(refreshToken);
    return this.#tokens(next.userId, next.familyId, next.refreshToken);
  }

  /**
   * Goes on with a login, and rotates its refresh token: each works once, and a second use revokes everything that came
   * from the same login, access tokens included (RFC 9700, 4.14.2).
   * @throws CloudError `unauthorized`
   */
  goOn(refreshToken: string): OpenedLogin & { readonly userId: number } {
    const now = this.#environment.now();
    const spentHash = hashSecret(refreshToken);
    const row = this.#store.refreshToken(spentHash);
    // Spent: it was issued, and is not the next one of its login. Clouds of old kept spent ones, with `used_at`.
    const reused = row ? row.used_at !== null && row.family_id : this.#refreshTokens.familyOf(refreshToken);
    if (reused) this.#store.revokeFamily(reused, now);
    if (!row || reused || row.revoked_at !== null || row.expires_at <= now) {
      throw new CloudError('unauthorized', 'the refresh token is not valid');
    }
    const { family_id: familyId, user_id: userId } = row;
    const { token, hash, expiresAt } = this.#refreshTokens.issue(familyId);
    if (!this.#store.rotate({ spentHash, tokenHash: hash, familyId, expiresAt })) {
      // Another process was asked at the same time.
      this.#store.revokeFamily(familyId, now);
      throw new CloudError('unauthorized', 'the refresh token is not valid');
    }
    return { userId, familyId, refreshToken: token };
  }

  /** Takes access tokens of another kind, too, which are of the same logins. */
  alsoTake(reader: TokenReader): void {
    this.#readers.push(reader);
  }

  /** The login of an access token. @throws CloudError `unauthorized` */
  async openSession(token: string): Promise<UserSession> {
    const session = await this.sessionOf(token);
    if (!session) throw new CloudError('unauthorized', 'the token is not valid or has expired');
    return session;
  }

  /** The same; undefined where the token is none, or holds no longer. */
  async sessionOf(token: string): Promise<UserSession | undefined> {
    const claims = await this.#claims(token);
    const user = claims && this.#store.userOfFamily(claims.familyId, claims.userId);
    return user && { user: userView(user), familyId: claims.familyId, until: claims.expiresAtS * 1_000 };
  }

  /** Whether a login still holds: its token has not expired, and it was not revoked. */
  isLoggedIn({ user, familyId, until }: UserSession): boolean {
    return this.#environment.now() < until && this.#store.isFamilyOf(familyId, user.userId);
  }

  /** Makes sure that an account exists and has this password. */
  async ensure(username: string, password: string): Promise<UserView> {
    const user = this.#store.byLogin(username.trim());
    if (!user) return this.create({ username: username.trim(), email: null, phone: null, name: null }, password);
    if (!(await this.#passwords.verify(password, user.password_hash))) {
      this.#store.setPassword(user.user_id, await this.#passwords.hash(password), this.#environment.now());
    }
    return userView(user);
  }

  /**
   * Sets another password and ends every login of the user.
   * @param address whose failures are counted, see `checkCredentials`
   * @throws CloudError `invalid_password`: not the present one; `too_many_requests`
   */
  async changePassword(userId: number, oldPassword: string, newPassword: string, address: string): Promise<void> {
    const known = await this.checkPassword(userId, oldPassword, address);
    await this.setPassword(userId, newPassword, () => {
      // Somebody else, who knew the old one, may have been shut out while the hash was made.
      if (this.#store.byId(userId)?.password_hash !== known.password_hash) throw wrongPassword();
    });
  }

  /**
   * Sets a password and ends every login of the user.
   * @param mayStill is asked when all that takes time is done
   * @throws CloudError `too_many_requests`: too many passwords are set at once
   */
  async setPassword(userId: number, password: string, mayStill: () => void = () => {}): Promise<void> {
    const passwordHash = await this.#registrations.run(() => this.#passwords.hash(password));
    mayStill();
    this.#store.setPassword(userId, passwordHash, this.#environment.now());
  }

  /**
   * Sets the address by which a user is reached and logs in, which is known to be his. A user name that was the address
   * before becomes the new one.
   * @throws CloudError `user_exists`
   */
  setAddress(userId: number, { channel, address }: CodeTarget): void {
    const user = this.#store.byId(userId)!;
    const holder = this.#store.byLogin(address);
    if (holder && holder.user_id !== userId) throw taken();
    const before = channel === 'mail' ? user.email : user.phone;
    const username = before !== null && sameName(before, user.username) ? address : user.username;
    this.#store.setAddress(userId, channel, { address, username });
    if (channel === 'mail') this.#store.showMail(userId, this.#environment.now());
  }

  /**
   * Notes that who resets the password reads this address of the account. Where it is an e-mail address that nobody had shown
   * to be his, the account was made by anybody: its phone number, API keys and identities go, as ways in of somebody else.
   */
  claim({ user_id: userId, email_shown_at: shownAt }: UserRow, { channel }: CodeTarget): void {
    if (channel === 'mail' && shownAt === null) this.#store.claimByMail(userId, this.#environment.now());
  }

  /** Notes that the e-mail address of a user is his. */
  showMail(userId: number): void {
    this.#store.showMail(userId, this.#environment.now());
  }

  /**
   * Closes an account: its logins and API keys end, nobody logs in to it again, and its names are free. The row of the user
   * stays, as `closed-{id}`, for what refers to it.
   */
  close(userId: number): void {
    const username = `closed-${userId}`;
    this.#store.close({ userId, username, passwordHash: NO_PASSWORD, at: this.#environment.now() });
  }

  /** Forgets logins that ended. */
  prune(): void {
    this.#store.pruneTokens(this.#environment.now());
  }

  async #claims(token: string): Promise<VerifiedClaims | undefined> {
    const now = this.#environment.now();
    let claims = await this.#jwt.verify(token, now);
    for (const read of this.#readers) claims ??= await read(token, now);
    return claims;
  }

  /** Whatever names someone logs him in, so none may be any name of someone else. */
  #refuseTaken({ username, email, phone }: UserNames): void {
    const isKnown = [username, email, phone].some((login) => login !== null && this.#store.byLogin(login));
    if (isKnown || CLOSED_NAME.test(username)) throw taken();
  }

  /** @param unknown under which name the failures of nobody are counted */
  async #checkPassword(user: UserRow | undefined, password: string, address: string, unknown = ''): Promise<UserRow> {
    const key = `${address} ${user ? `#${user.user_id}` : `=${unknown}`}`;
    this.#refuseAfterFailures(key);
    const fits = await this.#logins.run(() => this.#passwords.verify(password, user?.password_hash));
    // Guesses that ran beside this one may have used up the failures: then this one learns nothing either.
    this.#refuseAfterFailures(key);
    // A password that was changed meanwhile opens nothing.
    if (!user || !fits || this.#store.byId(user.user_id)?.password_hash !== user.password_hash) {
      this.#failures.add(key);
      throw wrongPassword();
    }
    this.#failures.clear(key);
    return user;
  }

  #refuseAfterFailures(key: string): void {
    const retryAfterS = this.#failures.retryAfterS(key);
    if (retryAfterS > 0) throw new CloudError('too_many_requests', 'too many failed logins', { retryAfterS });
  }

  async #tokens(userId: number, familyId: string, refreshToken: string): Promise<TokenPair> {
    const issuedAtS = Math.floor(this.#environment.now() / 1000);
    const token = await this.#jwt.sign({ userId, familyId }, issuedAtS, issuedAtS + ACCESS_LIFETIME_S);
    return { token, refreshToken, expiresIn: ACCESS_LIFETIME_S };
  }
}

function wrongPassword(): CloudError {
  return new CloudError('invalid_password', 'user name or password is wrong');
}

function taken(): CloudError {
  return new CloudError('user_exists', 'this user name, e-mail address or phone number is taken');
}

/** The user name that a request has, which is the e-mail address where there is no other. */
export function userNameOf(request: Omit<Credentials, 'password'>): string | undefined {
  return request.username?.trim() || request.email?.trim() || undefined;
}

function loginName(request: Credentials): string {
  const name = userNameOf(request);
  if (name === undefined) throw new CloudError('invalid_parameter', 'username or email is required');
  return name;
}

function sameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

/** A user's row as the API shows it. */
export function userView(user: UserRow): UserView {
  const { user_id: userId, username, email, name } = user;
  return { userId, username, email, ...(name !== null && { name }) };
}
