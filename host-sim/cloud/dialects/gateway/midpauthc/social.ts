import { object, time } from '../../../api/schema-parts.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { ID_TOKEN, PROVIDER } from './schemas.js';

const IDENTITY = object({
  provider: { type: 'string' },
  subject: { type: 'string', description: 'Who you are to the provider: `sub` of its ID tokens.' },
  boundAt: time,
});
const PROVIDERS =
  'Providers are those that the cloud is configured with (`--social-provider`), none by default; another is `invalid_parameter`, which names them.';

/** Identities of other providers that log a user in. */
export const SOCIAL_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /account/social/v1/bind': endpoint<{ body: { provider: string; idToken: string } }>({
    id: 'gatewayBindIdentity',
    summary: 'Let an identity of another provider log you in',
    description: `One for each provider; binding it again changes nothing. ${PROVIDERS}`,
    auth: 'token',
    errors: ['user_exists'],
    body: object({ provider: PROVIDER, idToken: ID_TOKEN }),
    data: IDENTITY,
    run: ({ services, user, body }) => services.accounts.social.bind(user.userId, body.provider, body.idToken),
  }),
  'GET /account/social/v1/list': endpoint<{ query: ListQuery }>({
    id: 'gatewayListIdentities',
    summary: 'Identities that log you in',
    errors: [],
    query: object(LIST_QUERY, []),
    data: listOf(IDENTITY),
    run: ({ services, user, query }) =>
      toList(services.accounts.social.list(user.userId, pageRequest(query)), (identity) => identity),
  }),
  'POST /account/social/v1/unbind': endpoint<{ body: { provider: string } }>({
    id: 'gatewayUnbindIdentity',
    summary: 'Let an identity log you in no longer',
    description: `Logins that it opened go on. ${PROVIDERS}`,
    auth: 'token',
    errors: ['not_found'],
    body: object({ provider: PROVIDER }),
    data: { type: 'null' },
    run: ({ services, user, body }) => {
      services.accounts.social.unbind(user.userId, body.provider);
      return null;
    },
  }),
};
