import type { SqliteDatabase } from './database.js';

export interface UserRow {
  readonly user_id: number;
  readonly username: string;
  readonly email: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly name: string | null;
  readonly password_hash: string;
  readonly created_at: number;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly closed_at: number | null;
  /** Since when the e-mail address is known to be his. */
  readonly email_shown_at: number | null;
}

export interface NewUser {
  readonly username: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly name: string | null;
  readonly passwordHash: string;
  readonly at: number;
}

export interface RefreshTokenRow {
  readonly family_id: string;
  readonly user_id: number;
  readonly expires_at: number;
  /** Rows of a cloud that kept spent tokens. */
  readonly used_at: number | null;
  readonly revoked_at: number | null;
}

/** Users and their refresh tokens. */
export class UserStore {
  readonly #byLogin;
  readonly #byId;
  readonly #insert;
  readonly #setName;
  readonly #setPassword;
  readonly #setMail;
  readonly #setPhone;
  readonly #setCountry;
  readonly #showMail;
  readonly #dropPhone;
  readonly #close;
  readonly #dropKeys;
  readonly #dropIdentities;
  readonly #insertFamily;
  readonly #insertToken;
  readonly #token;
  readonly #dropToken;
  readonly #extendFamily;
  readonly #revokeFamily;
  readonly #revokeUser;
  readonly #liveFamily;
  readonly #isLive;
  readonly #prune;
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#byLogin = database.prepare<[{ login: string }], UserRow>(
      `SELECT * FROM (SELECT * FROM users WHERE username = @login UNION SELECT * FROM users WHERE email = @login
         UNION SELECT * FROM users WHERE phone = @login) WHERE closed_at IS NULL LIMIT 1`,
    );
    this.#byId = database.prepare<[number], UserRow>('SELECT * FROM users WHERE user_id = ?');
    this.#insert = database.prepare<[NewUser]>(
      `INSERT INTO users (username, email, phone, name, password_hash, created_at)
       VALUES (@username, @email, @phone, @name, @passwordHash, @at)`,
    );
    this.#setName = database.prepare<[string | null, number]>('UPDATE users SET name = ? WHERE user_id = ?');
    this.#setPassword = database.prepare<[string, number]>('UPDATE users SET password_hash = ? WHERE user_id = ?');
    this.#setMail = database.prepare<[string, string, number]>(
      'UPDATE users SET email = ?, username = ? WHERE user_id = ?',
    );
    this.#setPhone = database.prepare<[string, string, number]>(
      'UPDATE users SET phone = ?, username = ? WHERE user_id = ?',
    );
    this.#setCountry = database.prepare<[string | null, number]>('UPDATE users SET country = ? WHERE user_id = ?');
    this.#showMail = database.prepare<[number, number]>('UPDATE users SET email_shown_at = ? WHERE user_id = ?');
    this.#dropPhone = database.prepare<[number]>(
      'UPDATE users SET username = CASE username WHEN phone THEN email ELSE username END, phone = NULL WHERE user_id = ?',
    );
    this.#close = database.prepare<{ userId: number; username: string; passwordHash: string; at: number }>(
      `UPDATE users SET username = @username, email = NULL, email_shown_at = NULL, phone = NULL, name = NULL, country = NULL,
         password_hash = @passwordHash, closed_at = @at WHERE user_id = @userId`,
    );
    this.#dropKeys = database.prepare<[number]>('DELETE FROM api_keys WHERE user_id = ?');
    this.#dropIdentities = database.prepare<[number]>('DELETE FROM social_identities WHERE user_id = ?');
    this.#insertFamily = database.prepare<[string, number, number]>(
      'INSERT INTO token_families (family_id, user_id, expires_at) VALUES (?, ?, ?)',
    );
    this.#insertToken = database.prepare<[Buffer, string, number]>(
      'INSERT INTO refresh_tokens (token_hash, family_id, expires_at) VALUES (?, ?, ?)',
    );
    this.#token = database.prepare<[Buffer], RefreshTokenRow>(
      `SELECT t.family_id, f.user_id, t.expires_at, t.used_at, f.revoked_at
       FROM refresh_tokens t JOIN token_families f USING (family_id) WHERE t.token_hash = ?`,
    );
    this.#dropToken = database.prepare<[Buffer]>('DELETE FROM refresh_tokens WHERE token_hash = ?');
    this.#extendFamily = database.prepare<[number, string]>(
      'UPDATE token_families SET expires_at = ? WHERE family_id = ?',
    );
    this.#revokeFamily = database.prepare<[number, string]>(
      'UPDATE token_families SET revoked_at = ? WHERE family_id = ? AND revoked_at IS NULL',
    );
    this.#revokeUser = database.prepare<[number, number]>(
      'UPDATE token_families SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL',
    );
    const live = `FROM token_families f JOIN users u USING (user_id)
       WHERE f.family_id = ? AND f.user_id = ? AND f.revoked_at IS NULL AND u.closed_at IS NULL`;
    this.#liveFamily = database.prepare<[string, number], UserRow>(`SELECT u.* ${live}`);
    this.#isLive = database.prepare<[string, number], number>(`SELECT 1 ${live}`).pluck();
    this.#prune = database.prepare<[number]>('DELETE FROM token_families WHERE expires_at < ?');
  }

  /** By user name or e-mail address, letter case aside, or by phone number. Who closed his account is not found. */
  byLogin(login: string): UserRow | undefined {
    return this.#byLogin.get({ login });
  }

  byId(userId: number): UserRow | undefined {
    return this.#byId.get(userId);
  }

  insert(user: NewUser): UserRow {
    const { lastInsertRowid } = this.#insert.run(user);
    return this.#byId.get(Number(lastInsertRowid))!;
  }

  setName(userId: number, name: string | null): void {
    this.#setName.run(name, userId);
  }

  /** Sets a password and ends every login of the user. */
  setPassword(userId: number, passwordHash: string, at: number): void {
    this.#database.transaction(() => {
      this.#setPassword.run(passwordHash, userId);
      this.#revokeUser.run(at, userId);
    })();
  }

  /** Sets where a user is reached, and his user name, which may be the same. */
  setAddress(
    userId: number,
    channel: 'mail' | 'sms',
    { address, username }: { address: string; username: string },
  ): void {
    (channel === 'mail' ? this.#setMail : this.#setPhone).run(address, username, userId);
  }

  /** Notes that the e-mail address is the user's. */
  showMail(userId: number, at: number): void {
    this.#showMail.run(at, userId);
  }

  /** The same, and takes from the user every way in but that address and a password: phone number, API keys, identities. */
  claimByMail(userId: number, at: number): void {
    this.#database.transaction(() => {
      this.#showMail.run(at, userId);
      this.#dropPhone.run(userId);
      this.#dropKeys.run(userId);
      this.#dropIdentities.run(userId);
    })();
  }

  setCountry(userId: number, country: string | null): void {
    this.#setCountry.run(country, userId);
  }

  /** Takes from a user all that shows who he is and every way in: names, logins, API keys, identities. */
  close(user: { userId: number; username: string; passwordHash: string; at: number }): void {
    this.#database.transaction(() => {
      this.#close.run(user);
      this.#revokeUser.run(user.at, user.userId);
      this.#dropKeys.run(user.userId);
      this.#dropIdentities.run(user.userId);
    })();
  }

  startFamily(family: { familyId: string; userId: number; tokenHash: Buffer; expiresAt: number }): void {
    this.#database.transaction(() => {
      this.#insertFamily.run(family.familyId, family.userId, family.expiresAt);
      this.#insertToken.run(family.tokenHash, family.familyId, family.expiresAt);
    })();
  }

  refreshToken(tokenHash: Buffer): RefreshTokenRow | undefined {
    return this.#token.get(tokenHash);
  }

  /** Puts the next token of a login in the place of the one that is spent; false where that was done already. */
  rotate(rotation: { spentHash: Buffer; tokenHash: Buffer; familyId: string; expiresAt: number }): boolean {
    return this.#database.transaction(() => {
      if (this.#dropToken.run(rotation.spentHash).changes === 0) return false;
      this.#insertToken.run(rotation.tokenHash, rotation.familyId, rotation.expiresAt);
      this.#extendFamily.run(rotation.expiresAt, rotation.familyId);
      return true;
    })();
  }

  revokeFamily(familyId: string, at: number): void {
    this.#revokeFamily.run(at, familyId);
  }

  /** The user of a login that was not revoked. */
  userOfFamily(familyId: string, userId: number): UserRow | undefined {
    return this.#liveFamily.get(familyId, userId);
  }

  /** Whether there is such a user: it is asked of each message that somebody watches. */
  isFamilyOf(familyId: string, userId: number): boolean {
    return this.#isLive.get(familyId, userId) !== undefined;
  }

  pruneTokens(before: number): void {
    this.#prune.run(before);
  }
}
