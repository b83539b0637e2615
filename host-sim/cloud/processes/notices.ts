import type { NoticeKind } from '../domain/sharing.js';
import type { SqliteDatabase } from '../store/database.js';
import { MAX_NOTICES, type ProcessStore } from '../store/process-store.js';

type Listener = (subject: string) => void;

/** What is told, of which change, and of whom. */
const TOLD: readonly (readonly [kind: NoticeKind, on: string, subject: string, when?: string])[] = [
  ['device', 'UPDATE OF password_hash ON main.devices', 'NEW.device_id', 'OLD.password_hash IS NOT NULL'],
  ['device', 'UPDATE OF disabled ON main.devices', 'NEW.device_id', 'OLD.disabled <> NEW.disabled'],
  ['device', 'DELETE ON main.devices', 'OLD.device_id'],
  ['product', 'UPDATE OF status ON main.products', 'NEW.product_key', 'OLD.status <> NEW.status'],
  ['certificate', 'INSERT ON main.revoked_certificates', 'NEW.serial'],
  ['campaign', 'INSERT ON main.campaigns', 'NEW.seq'],
  ['campaign', 'UPDATE OF status ON main.campaigns', 'NEW.seq'],
  ...(['scenes', 'work_plans', 'enrollments'] as const).flatMap(
    (table) =>
      [
        ['schedule', `INSERT ON main.${table}`, 'NEW.seq', 'NEW.next_at IS NOT NULL'],
        ['schedule', `UPDATE OF next_at ON main.${table}`, 'NEW.seq', 'OLD.next_at IS NOT NEW.next_at'],
      ] as const,
  ),
  ['push', 'INSERT ON main.subscribers', 'NEW.user_id'],
  ['push', 'UPDATE ON main.subscribers', 'NEW.user_id'],
  ['push', 'DELETE ON main.subscribers', 'OLD.user_id'],
];

/**
 * What the processes of one database tell each other. It is written down by triggers of this connection alone, in the commit of the
 * change itself, so that no change goes untold, and a process that is alone writes nothing.
 */
export class Notices {
  readonly #store: ProcessStore;
  readonly #slot: number;
  readonly #listeners = new Map<NoticeKind, Listener[]>();
  #seen: number;
  #version: number;

  constructor(options: { database: SqliteDatabase; store: ProcessStore; slot: number }) {
    const { database, slot } = options;
    this.#store = options.store;
    this.#slot = slot;
    TOLD.forEach(([kind, on, subject, when], index) => {
      database.exec(
        `CREATE TEMP TRIGGER notice_${index} AFTER ${on} ${when === undefined ? '' : `WHEN ${when}`} BEGIN
           INSERT INTO notices (slot, kind, subject) VALUES (${slot}, '${kind}', ${subject});
           DELETE FROM notices WHERE seq <= (SELECT max(seq) FROM notices) - ${MAX_NOTICES};
         END`,
      );
    });
    this.#version = this.#store.version();
    this.#seen = this.#store.lastNotice();
  }

  on(kind: NoticeKind, listener: Listener): void {
    const listeners = this.#listeners.get(kind) ?? [];
    this.#listeners.set(kind, listeners);
    listeners.push(listener);
  }

  /** Tells of what others have written down since the last time. */
  look(): void {
    const version = this.#store.version();
    if (version === this.#version) return;
    this.#version = version;
    const notices = this.#store.noticesAfter(this.#seen);
    const [first] = notices;
    if (first === undefined) return;
    const hasGap = first.seq > this.#seen + 1 && notices.length >= MAX_NOTICES;
    this.#seen = notices.at(-1)!.seq;
    // What came between is no longer known.
    if (hasGap) for (const kind of this.#listeners.keys()) this.#tell(kind, '');
    else for (const { slot, kind, subject } of notices) if (slot !== this.#slot) this.#tell(kind, subject);
  }

  #tell(kind: string, subject: string): void {
    for (const listener of this.#listeners.get(kind as NoticeKind) ?? []) listener(subject);
  }
}
