import { filter, line, nullable, object, time } from '../../../api/schema-parts.js';
import type { MerchantRequest } from '../../../domain/people/merchants.js';
import { endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import type { Microservice } from '../microservice.js';
import { ADDRESS_ENDPOINTS } from './addresses.js';
import { listFunctions } from './functions.js';
import { PROFILE_ENDPOINTS } from './profile.js';
import { PUSH_ENDPOINTS } from './push.js';

const TEXT = { type: 'string' };

/** The user center: who somebody is, where he lives, and what he wants to be told of. */
export const BLUUC: Microservice = {
  name: 'bluuc',
  title: 'user center',
  endpoints: {
    ...PROFILE_ENDPOINTS,
    ...ADDRESS_ENDPOINTS,
    ...PUSH_ENDPOINTS,
    'POST /uc/v1/merchant/apply/applyMerchant': endpoint<{ body: MerchantRequest }>({
      id: 'gatewayApplyMerchant',
      summary: 'Apply to become a merchant',
      description:
        'The application is kept and stays `pending`: in a dev cloud nobody decides. One of a user is open at most: a new one takes its place.',
      errors: [],
      body: object(
        {
          companyName: line(128),
          contact: { ...line(128), description: 'The name of a person.' },
          phone: nullable(line(32)),
          email: nullable(line(254)),
          remark: nullable(line(1_000, 0)),
        },
        ['companyName', 'contact'],
      ),
      data: object({
        companyName: TEXT,
        contact: TEXT,
        phone: nullable(TEXT),
        email: nullable(TEXT),
        remark: nullable(TEXT),
        status: { type: 'string', enum: ['pending'] },
        appliedAt: time,
      }),
      run: ({ services, user, body }) => services.people.merchants.apply(user, body),
    }),
    'GET /uc/functionGrayscale/v1/checkFunction': endpoint<{ query: ListQuery & { function?: string } }>({
      id: 'gatewayCheckFunctions',
      summary: 'What this cloud can do',
      description:
        'What it can do as it runs now, for everybody alike: there is no gradual roll-out. One that it does not know is not enabled.',
      errors: [],
      query: object(
        {
          function: filter({ ...line(64), description: 'This one only; all that are known by default.' }),
          ...LIST_QUERY,
        },
        [],
      ),
      data: listOf(object({ function: TEXT, enabled: { type: 'boolean' } })),
      run: ({ services, query }) => toList(listFunctions(services, query.function, pageRequest(query)), (one) => one),
    }),
  },
};
