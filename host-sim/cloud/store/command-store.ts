import type { SqliteDatabase } from './database.js';

export interface PendingCommandRow {
  readonly device_seq: number;
  readonly device_id: string;
  readonly product_key: string;
  readonly command_id: string;
  readonly service: string;
  readonly params: string;
  readonly created_at: number;
}

/** `params` is JSON. */
export interface NewCommand {
  readonly deviceSeq: number;
  readonly id: string;
  readonly service: string;
  readonly params: string;
  readonly createdAt: number;
}

/** Commands that no board has acknowledged, or that are kept until a board answers: they survive the end of a cloud. */
export class CommandStore {
  readonly #insert;
  readonly #delete;
  readonly #all;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[NewCommand]>(
      `INSERT INTO pending_commands (device_seq, command_id, service, params, created_at)
       SELECT seq, @id, @service, @params, @createdAt FROM devices WHERE seq = @deviceSeq`,
    );
    this.#delete = database.prepare<[number, string]>(
      'DELETE FROM pending_commands WHERE device_seq = ? AND command_id = ?',
    );
    this.#all = database.prepare<[], PendingCommandRow>(
      `SELECT c.device_seq, d.device_id, p.product_key, c.command_id, c.service, c.params, c.created_at
       FROM pending_commands c JOIN devices d ON d.seq = c.device_seq JOIN products p USING (product_id)
       ORDER BY c.created_at, c.command_id`,
    );
  }

  /** Does nothing for a device that is gone. */
  insert(command: NewCommand): void {
    this.#insert.run(command);
  }

  delete(deviceSeq: number, id: string): void {
    this.#delete.run(deviceSeq, id);
  }

  all(): PendingCommandRow[] {
    return this.#all.all();
  }
}
