import type { Sharing } from '../domain/sharing.js';
import { cloudId } from '../store/cloud-id.js';
import type { SqliteDatabase } from '../store/database.js';

/** By which a broker knows a process of a cloud: the same after a restart, and that of no other, of this cloud or of another. */
export function clientIdOf(
  purpose: 'cloud' | 'control',
  { database, sharing }: { readonly database: SqliteDatabase; readonly sharing?: Pick<Sharing, 'slot'> | undefined },
): string {
  return `smartlink-${purpose}-${cloudId(database)}-${sharing?.slot ?? 0}`;
}
