import type { SqliteDatabase } from './database.js';

/** A firmware package; its bytes are in a file of its id. */
export interface PackageRow {
  readonly seq: number;
  readonly package_id: string;
  readonly product_id: number;
  readonly product_key: string;
  readonly chip_model: string;
  readonly version: string;
  readonly version_floor: string;
  /** Bits of key ids, 1 for id 0. */
  readonly required_keys: number;
  readonly signed_by: number;
  readonly bytes: number;
  readonly image_bytes: number;
  readonly image_sha256: Buffer;
  /** Of the file. */
  readonly sha256: Buffer;
  readonly md5: Buffer;
  readonly user_id: number;
  readonly created_at: number;
}

export type NewPackage = Omit<PackageRow, 'seq' | 'product_key'>;

const SELECT = 'SELECT k.*, p.product_key FROM packages k JOIN products p USING (product_id)';
const OF_PRODUCT = 'WHERE @productKey IS NULL OR p.product_key = @productKey';

/** What is known of the firmware packages. */
export class PackageStore {
  readonly #byId;
  readonly #bySha256;
  readonly #insert;
  readonly #delete;
  readonly #list;
  readonly #ofProduct;
  readonly #count;
  readonly #ids;

  constructor(database: SqliteDatabase) {
    this.#byId = database.prepare<[string], PackageRow>(`${SELECT} WHERE k.package_id = ?`);
    this.#bySha256 = database.prepare<[Buffer], PackageRow>(`${SELECT} WHERE k.sha256 = ?`);
    this.#insert = database.prepare<[NewPackage]>(
      `INSERT INTO packages (package_id, product_id, chip_model, version, version_floor, required_keys, signed_by, bytes,
         image_bytes, image_sha256, sha256, md5, user_id, created_at)
       VALUES (@package_id, @product_id, @chip_model, @version, @version_floor, @required_keys, @signed_by, @bytes,
         @image_bytes, @image_sha256, @sha256, @md5, @user_id, @created_at)`,
    );
    this.#delete = database.prepare<[number]>('DELETE FROM packages WHERE seq = ?');
    this.#list = database.prepare<[{ productKey: string | null; limit: number; offset: number }], PackageRow>(
      `${SELECT} ${OF_PRODUCT} ORDER BY k.seq DESC LIMIT @limit OFFSET @offset`,
    );
    this.#ofProduct = database.prepare<[number], PackageRow>(`${SELECT} WHERE k.product_id = ? ORDER BY k.seq DESC`);
    this.#count = database.prepare<[{ productKey: string | null }], { n: number }>(
      `SELECT count(*) AS n FROM packages k JOIN products p USING (product_id) ${OF_PRODUCT}`,
    );
    this.#ids = database.prepare<[], { package_id: string }>('SELECT package_id FROM packages');
  }

  byId(packageId: string): PackageRow | undefined {
    return this.#byId.get(packageId);
  }

  /** The one whose file has this digest. */
  bySha256(digest: Buffer): PackageRow | undefined {
    return this.#bySha256.get(digest);
  }

  insert(row: NewPackage): void {
    this.#insert.run(row);
  }

  delete(seq: number): void {
    this.#delete.run(seq);
  }

  /** Of one product, or of all; the newest first. */
  list(productKey: string | null, limit: number, offset: number): { rows: PackageRow[]; total: number } {
    return { rows: this.#list.all({ productKey, limit, offset }), total: this.count(productKey) };
  }

  /** All of one product; the newest first. */
  ofProduct(productId: number): PackageRow[] {
    return this.#ofProduct.all(productId);
  }

  /** Of one product, or of all. */
  count(productKey: string | null = null): number {
    return this.#count.get({ productKey })!.n;
  }

  ids(): string[] {
    return this.#ids.all().map(({ package_id }) => package_id);
  }
}
