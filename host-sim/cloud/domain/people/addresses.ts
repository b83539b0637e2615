import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { AddressRow, AddressStore, PostalAddress } from '../../store/address-store.js';
import { countryCode } from '../countries.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { UserView } from '../users.js';

/** Addresses of one user. */
const MAX_ADDRESSES = 50;

export interface AddressView extends PostalAddress {
  readonly addressId: number;
  readonly isDefault: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface NewAddress extends Omit<PostalAddress, 'province' | 'postcode'> {
  readonly province?: string | undefined;
  readonly postcode?: string | undefined;
  readonly isDefault?: boolean | undefined;
}

export type AddressChange = { readonly [K in keyof NewAddress]?: NewAddress[K] | undefined };

/** Postal addresses: each user has his own, and one of them, at most, is his default. */
export class AddressService {
  readonly #store: AddressStore;
  readonly #environment: CloudEnvironment;
  readonly #transaction: (work: () => void) => void;

  constructor(options: {
    store: AddressStore;
    environment: CloudEnvironment;
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#environment = options.environment;
    this.#transaction = options.transaction;
  }

  /** Oldest first. */
  list(user: UserView, request: PageRequest): Page<AddressView> {
    const { limit, offset } = pageOf(request);
    const rows = this.#store.list(user.userId);
    return { list: rows.slice(offset, offset + limit).map(view), total: rows.length, page: request.page, size: limit };
  }

  /** @throws CloudError `invalid_parameter`, `forbidden`: the user has too many */
  add(user: UserView, address: NewAddress): AddressView {
    if (this.#store.list(user.userId).length >= MAX_ADDRESSES) {
      throw new CloudError('forbidden', `a user has at most ${MAX_ADDRESSES} addresses: delete one first`);
    }
    const { province = '', postcode = '', country, isDefault, ...rest } = address;
    const complete: PostalAddress = { ...rest, province, postcode, country: countryCode(country) };
    let addressId = 0;
    this.#transaction(() => {
      addressId = this.#store.insert(user.userId, complete, this.#environment.now());
      if (isDefault) this.#store.setDefault(user.userId, addressId);
    });
    return view(this.#find(user, addressId));
  }

  /** Changes what is named. @throws CloudError `invalid_parameter`, `not_found`: no address of his */
  change(user: UserView, addressId: number, change: AddressChange): AddressView {
    const row = this.#find(user, addressId);
    const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const changed: PostalAddress = { ...row, ...named };
    this.#transaction(() => {
      this.#store.update(addressId, { ...changed, country: countryCode(changed.country) });
      if (change.isDefault) this.#store.setDefault(user.userId, addressId);
      if (change.isDefault === false && row.is_default) this.#store.setDefault(user.userId, undefined);
    });
    return view(this.#find(user, addressId));
  }

  /** @throws CloudError `not_found`: no address of his */
  delete(user: UserView, addressId: number): void {
    if (!this.#store.delete(user.userId, addressId)) throw notHis();
  }

  #find(user: UserView, addressId: number): AddressRow {
    const row = this.#store.find(user.userId, addressId);
    if (!row) throw notHis();
    return row;
  }
}

function notHis(): CloudError {
  return new CloudError('not_found', 'you have no address of this addressId');
}

function view({ address_id, user_id: _user, is_default, created_at, ...address }: AddressRow): AddressView {
  return {
    addressId: address_id,
    ...address,
    isDefault: is_default === 1,
    createdAt: new Date(created_at).toISOString(),
  };
}
