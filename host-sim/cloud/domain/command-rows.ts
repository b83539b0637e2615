import type { CommandStore } from '../store/command-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { Command, CommandFields } from './command.js';

/** Which commands are in the database, for the next run of the cloud. */
export class CommandRows {
  readonly #store: CommandStore;
  readonly #writes: WriteBatch;
  readonly #slot: number | undefined;

  /** @param options.slot that of this process, where others share the database */
  constructor(options: { store: CommandStore; writes: WriteBatch; slot?: number | undefined }) {
    this.#slot = options.slot;
    this.#store = options.store;
    this.#writes = options.writes;
  }

  /** Takes over what a process has left; then all that this one looks after, in the order it was given. */
  adopt(from: number): CommandFields[] {
    this.#store.adopt(this.#slot ?? 0, from);
    return this.restore();
  }

  /** What the last run left, in the order it was given. */
  restore(): CommandFields[] {
    return this.#store.all(this.#slot).map((row) => ({
      deviceId: row.device_id,
      productKey: row.product_key,
      deviceSeq: row.device_seq,
      id: row.command_id,
      service: row.service,
      params: JSON.parse(row.params) as object,
      createdAt: row.created_at,
    }));
  }

  /** Resolves after the commit. */
  add(command: Command): Promise<void> {
    const { deviceSeq, id, service, createdAt } = command;
    const params = JSON.stringify(command.params);
    command.stored = true;
    return new Promise((resolve, reject) => {
      this.#writes.add(
        () => this.#store.insert({ deviceSeq, id, service, params, createdAt, owner: this.#slot ?? 0 }),
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }

  /** Does nothing for a command that is not there. */
  remove(command: Command): void {
    if (!command.stored) return;
    command.stored = false;
    this.#writes.add(() => this.#store.delete(command.deviceSeq, command.id));
  }
}
