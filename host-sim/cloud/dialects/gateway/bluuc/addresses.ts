import { filter, line, object, time } from '../../../api/schema-parts.js';
import type { AddressChange, NewAddress } from '../../../domain/people/addresses.js';
import { CloudError } from '../../../errors.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';

const ADDRESS_ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const TEXT = { type: 'string' };
const IF_ANY = 'Empty where there is none.';

const FIELDS = {
  name: { ...line(128), description: 'Of whoever receives.' },
  phone: { type: 'string', pattern: '^\\+?[0-9][0-9 ()/.-]{2,30}$', description: 'As it is dialled.' },
  country: { type: 'string', pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1 alpha-2.' },
  province: { ...line(128, 0), description: IF_ANY },
  city: line(128),
  street: { ...line(256), description: 'With the number of the house, and what is within it.' },
  postcode: { ...line(16, 0), description: IF_ANY },
  isDefault: { type: 'boolean', description: 'Takes this from the address that had it.' },
};

const ADDRESS = object({
  addressId: { type: 'integer' },
  name: TEXT,
  phone: TEXT,
  country: TEXT,
  province: TEXT,
  city: TEXT,
  street: TEXT,
  postcode: TEXT,
  isDefault: { type: 'boolean' },
  createdAt: time,
});

/** Where things are sent to. */
export const ADDRESS_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /uc/v1/address/list/paged': endpoint<{ query: ListQuery }>({
    id: 'gatewayListAddresses',
    summary: 'The postal addresses of the caller',
    description: 'Oldest first.',
    errors: [],
    query: object(LIST_QUERY, []),
    data: listOf(ADDRESS),
    run: ({ services, user, query }) =>
      toList(services.people.addresses.list(user, pageRequest(query)), (address) => address),
  }),
  'POST /uc/v1/address/add': endpoint<{ body: NewAddress }>({
    id: 'gatewayAddAddress',
    summary: 'Add a postal address',
    description: 'A user has at most 50.',
    errors: ['forbidden'],
    body: object(FIELDS, ['name', 'phone', 'country', 'city', 'street']),
    data: ADDRESS,
    run: ({ services, user, body }) => services.people.addresses.add(user, body),
  }),
  'DELETE /uc/v1/address/delete': endpoint<{ body: { addressId?: number }; query: { addressId?: number } }>({
    id: 'gatewayDeleteAddress',
    summary: 'Delete a postal address',
    description: '`addressId` is in the body, or in the query where a client sends no body with DELETE.',
    errors: ['not_found'],
    body: { ...object({ addressId: ADDRESS_ID }, []), type: ['object', 'null'] },
    query: object({ addressId: filter(ADDRESS_ID) }, []),
    data: { type: 'null' },
    run: ({ services, user, body, query }) => {
      const addressId = body.addressId ?? query.addressId;
      if (addressId === undefined) throw new CloudError('invalid_parameter', 'addressId is required');
      services.people.addresses.delete(user, addressId);
      return null;
    },
  }),
  'POST /uc/v3/address/update': endpoint<{ body: AddressChange & { readonly addressId: number } }>({
    id: 'gatewayUpdateAddress',
    summary: 'Change a postal address',
    description: 'What is not named stays.',
    errors: ['not_found'],
    body: object({ addressId: ADDRESS_ID, ...FIELDS }, ['addressId']),
    data: ADDRESS,
    run: ({ services, user, body: { addressId, ...change } }) =>
      services.people.addresses.change(user, addressId, change),
  }),
};
