import type { SqliteDatabase } from './database.js';

/** Where something can be sent to. What a country's addresses do not have is empty. */
export interface PostalAddress {
  readonly name: string;
  readonly phone: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly province: string;
  readonly city: string;
  readonly street: string;
  readonly postcode: string;
}

export interface AddressRow extends PostalAddress {
  readonly address_id: number;
  readonly user_id: number;
  readonly is_default: number;
  readonly created_at: number;
}

/** The postal addresses of users, of which one at most is his default. */
export class AddressStore {
  readonly #list;
  readonly #find;
  readonly #insert;
  readonly #update;
  readonly #clearDefault;
  readonly #setDefault;
  readonly #delete;

  constructor(database: SqliteDatabase) {
    this.#list = database.prepare<[number], AddressRow>(
      'SELECT * FROM addresses WHERE user_id = ? ORDER BY address_id',
    );
    this.#find = database.prepare<[number, number], AddressRow>(
      'SELECT * FROM addresses WHERE address_id = ? AND user_id = ?',
    );
    this.#insert = database.prepare<[PostalAddress & { userId: number; at: number }]>(
      `INSERT INTO addresses (user_id, name, phone, country, province, city, street, postcode, created_at)
       VALUES (@userId, @name, @phone, @country, @province, @city, @street, @postcode, @at)`,
    );
    this.#update = database.prepare<[PostalAddress & { addressId: number }]>(
      `UPDATE addresses SET name = @name, phone = @phone, country = @country, province = @province, city = @city,
       street = @street, postcode = @postcode WHERE address_id = @addressId`,
    );
    this.#clearDefault = database.prepare<[number]>(
      'UPDATE addresses SET is_default = 0 WHERE user_id = ? AND is_default = 1',
    );
    this.#setDefault = database.prepare<[number]>('UPDATE addresses SET is_default = 1 WHERE address_id = ?');
    this.#delete = database.prepare<[number, number]>('DELETE FROM addresses WHERE address_id = ? AND user_id = ?');
  }

  /** Oldest first. */
  list(userId: number): AddressRow[] {
    return this.#list.all(userId);
  }

  find(userId: number, addressId: number): AddressRow | undefined {
    return this.#find.get(addressId, userId);
  }

  /** Its id. */
  insert(userId: number, address: PostalAddress, at: number): number {
    return Number(this.#insert.run({ ...address, userId, at }).lastInsertRowid);
  }

  update(addressId: number, address: PostalAddress): void {
    this.#update.run({ ...address, addressId });
  }

  /** @param addressId of an address of his; undefined: he has none as his default */
  setDefault(userId: number, addressId: number | undefined): void {
    this.#clearDefault.run(userId);
    if (addressId !== undefined) this.#setDefault.run(addressId);
  }

  /** False where the user has no such address. */
  delete(userId: number, addressId: number): boolean {
    return this.#delete.run(addressId, userId).changes === 1;
  }
}
