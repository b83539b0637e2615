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
  /** The slot of the process that looks after it. */
  readonly owner: number;
}

/** Commands that no board has acknowledged, or that are kept until a board answers: they survive the end of a cloud. */
export class CommandStore {
  readonly #insert;
  readonly #delete;
  readonly #all;
  readonly #adopt;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[NewCommand]>(
      `INSERT INTO pending_commands (device_seq, command_id, service, params, created_at, owner)
       SELECT seq, @id, @service, @params, @createdAt, @owner FROM devices WHERE seq = @deviceSeq`,
    );
    this.#delete = database.prepare<[number, string]>(
      'DELETE FROM pending_commands WHERE device_seq = ? AND command_id = ?',
    );
    this.#all = database.prepare<[{ owner: number | null }], PendingCommandRow>(
      `SELECT c.device_seq, d.device_id, p.product_key, c.command_id, c.service, c.params, c.created_at
       FROM pending_commands c JOIN devices d ON d.seq = c.device_seq JOIN products p USING (product_id)
       WHERE @owner IS NULL OR c.owner = @owner ORDER BY c.created_at, c.command_id`,
    );
    this.#adopt = database.prepare<[number, number]>('UPDATE pending_commands SET owner = ? WHERE owner = ?');
  }

  /** Does nothing for a device that is gone. */
  insert(command: NewCommand): void {
    this.#insert.run(command);
  }

  delete(deviceSeq: number, id: string): void {
    this.#delete.run(deviceSeq, id);
  }

  /** @param owner only those that this slot looks after */
  all(owner?: number): PendingCommandRow[] {
    return this.#all.all({ owner: owner ?? null });
  }

  /** Has a slot look after the commands of another one. */
  adopt(owner: number, from: number): void {
    this.#adopt.run(owner, from);
  }
}
