import type Sqlite from 'better-sqlite3';
import type { Product } from '../../src/core/product.js';
import type { NodeTime } from './node-time.js';

export interface WorldTls {
  /** Age of the server certificate that the cloud begins with, ms. */
  readonly certificateAgeMs: number;
  /** Whether there is another cloud, which boards know as environment `test`. */
  readonly hasOther?: boolean;
}

/** What a world is made of. */
export interface WorldParts {
  readonly seed: number;
  /** One product a board. */
  readonly products: readonly Product[];
  /** Boards that share an access point (default: all). */
  readonly boardsAPlace?: number;
  readonly reconnectSpreadS?: number;
  /** Whether boards know the time before anybody tells them. */
  readonly hasTime?: boolean;
  /** Whether boards are still to be told their network (default: their build knows it). */
  readonly isNew?: boolean;
  /** Present: the cloud has TLS, boards trust its CA and want nothing else. */
  readonly tls?: WorldTls;
  readonly nodeTime: NodeTime;
  readonly Sqlite: typeof Sqlite;
}
