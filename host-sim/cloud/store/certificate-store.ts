import type { SqliteDatabase } from './database.js';
import { DEFAULT_PROJECT } from './project-store.js';

export interface CertificateRow {
  /** Hex digits in upper case. */
  readonly serial: string;
  /** Who had it issued; null: a command. */
  readonly user_id: number | null;
  /** The board whose it is; null for an app's. */
  readonly device_id: string | null;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export interface NewCertificate {
  readonly serial: string;
  readonly userId: number | null;
  readonly deviceId: string | null;
  /** SHA-256 fingerprint of the CA that made it. */
  readonly issuer: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const FROM = 'FROM client_certificates c LEFT JOIN revoked_certificates r USING (serial)';
const HOLDS = 'r.revoked_at IS NULL AND c.expires_at > @now';
/** What a user is answerable for: what he had issued, and what opens a board of a project that is his, or everybody's. */
const HIS = `(c.user_id = @userId OR EXISTS (
  SELECT 1 FROM devices d WHERE d.device_id = c.device_id AND (d.project_id = '${DEFAULT_PROJECT}' OR d.project_id IN (
    SELECT project_id FROM project_members WHERE user_id = @userId AND role = 'owner'))))`;

/** The client certificates that were issued: never a key, and no password. */
export class CertificateStore {
  readonly #insert;
  readonly #list;
  readonly #count;
  readonly #find;
  readonly #ofUser;
  readonly #validOfUser;
  readonly #appsOfUser;
  readonly #validOfDevice;
  readonly #issuersOfDevice;
  readonly #prune;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[NewCertificate]>(
      `INSERT INTO client_certificates (serial, user_id, device_id, issuer, issued_at, expires_at)
       SELECT @serial, @userId, @deviceId, @issuer, @issuedAt, @expiresAt
       WHERE NOT EXISTS (SELECT 1 FROM users WHERE user_id = @userId AND closed_at IS NOT NULL)`,
    );
    this.#list = database.prepare<[{ userId: number; limit: number; offset: number }], CertificateRow>(
      `SELECT c.*, r.revoked_at ${FROM} WHERE ${HIS} ORDER BY c.seq LIMIT @limit OFFSET @offset`,
    );
    this.#count = database.prepare<[{ userId: number }], { n: number }>(`SELECT count(*) AS n ${FROM} WHERE ${HIS}`);
    this.#find = database.prepare<[{ userId: number; serial: string }], CertificateRow>(
      `SELECT c.*, r.revoked_at ${FROM} WHERE c.serial = @serial AND ${HIS}`,
    );
    this.#ofUser = database.prepare<[string]>(
      'SELECT 1 FROM client_certificates WHERE serial = ? AND user_id IS NOT NULL',
    );
    this.#validOfUser = database.prepare<[{ userId: number; now: number }], { n: number }>(
      `SELECT count(*) AS n ${FROM} WHERE c.user_id = @userId AND c.device_id IS NULL AND ${HOLDS}`,
    );
    this.#appsOfUser = database.prepare<[{ userId: number; now: number }], { serial: string }>(
      `SELECT c.serial ${FROM} WHERE c.user_id = @userId AND c.device_id IS NULL AND ${HOLDS}`,
    );
    this.#validOfDevice = database.prepare<[{ deviceId: string; now: number }], { n: number }>(
      `SELECT count(*) AS n ${FROM} WHERE c.device_id = @deviceId AND ${HOLDS}`,
    );
    this.#issuersOfDevice = database.prepare<[{ deviceId: string; now: number }], { issuer: string }>(
      'SELECT DISTINCT issuer FROM client_certificates WHERE device_id = @deviceId AND expires_at > @now',
    );
    this.#prune = database.prepare<[number]>('DELETE FROM client_certificates WHERE expires_at < ?');
  }

  /** False where its user has closed his account. */
  insert(certificate: NewCertificate): boolean {
    return this.#insert.run(certificate).changes === 1;
  }

  /** Those that a user is answerable for, in the order in which they were issued. */
  list(userId: number, limit: number, offset: number): { rows: CertificateRow[]; total: number } {
    return { rows: this.#list.all({ userId, limit, offset }), total: this.#count.get({ userId })!.n };
  }

  /** One that a user is answerable for. */
  find(userId: number, serial: string): CertificateRow | undefined {
    return this.#find.get({ userId, serial });
  }

  /** Whether any user had it issued. */
  isOfUser(serial: string): boolean {
    return this.#ofUser.get(serial) !== undefined;
  }

  /** How many hold now, of a user's apps. */
  validOfUser(userId: number, now: number): number {
    return this.#validOfUser.get({ userId, now })!.n;
  }

  /** Serial numbers of those that hold now, of a user's apps. */
  appsOfUser(userId: number, now: number): string[] {
    return this.#appsOfUser.all({ userId, now }).map(({ serial }) => serial);
  }

  /** How many hold now, of a board. */
  validOfDevice(deviceId: string, now: number): number {
    return this.#validOfDevice.get({ deviceId, now })!.n;
  }

  /** The CAs of those of a board that have not ended, revoked ones included. */
  issuersOfDevice(deviceId: string, now: number): string[] {
    return this.#issuersOfDevice.all({ deviceId, now }).map(({ issuer }) => issuer);
  }

  /** Forgets those that ended before. */
  prune(before: number): void {
    this.#prune.run(before);
  }
}
