import type { SqliteDatabase } from './database.js';

/** Which invitations were used; times are ms since 1970. */
export class InvitationStore {
  readonly #use;
  readonly #prune;

  constructor(database: SqliteDatabase) {
    this.#use = database.prepare<[string, number]>(
      'INSERT INTO used_invitations (invitation_id, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#prune = database.prepare<[number]>('DELETE FROM used_invitations WHERE expires_at <= ?');
  }

  /** False where it was used before. */
  use(invitationId: string, expiresAt: number): boolean {
    return this.#use.run(invitationId, expiresAt).changes === 1;
  }

  prune(before: number): void {
    this.#prune.run(before);
  }
}
