import { object, text } from '../../../api/schema-parts.js';
import { SCHEMAS } from '../../../api/schemas.js';
import { endpoint } from '../../endpoint.js';
import type { Microservice } from '../microservice.js';
import { ID_TOKEN, PASSWORD, PROVIDER } from '../midpauthc/schemas.js';

const LOGIN = SCHEMAS.login.data;
type TokenRequest =
  | { readonly refreshToken: string }
  | { readonly refreshToken?: undefined; readonly username: string; readonly password: string };

/** Logins, at the root of the gateway: of no microservice. */
export const LOGINS: Microservice = {
  name: '',
  title: 'logins',
  endpoints: {
    'POST /accessToken': endpoint<{ body: TokenRequest }>({
      id: 'gatewayAccessToken',
      summary: 'Log in',
      description:
        'With user name, e-mail address or phone number; failures are counted with those of `POST /api/v1/users/login`, whose tokens these are. An extension: with `refreshToken` alone the next tokens of that login, without `user`.',
      auth: 'none',
      limit: 'logins',
      errors: ['invalid_password', 'unauthorized', 'too_many_requests'],
      body: {
        // No largest length of a refresh token: what was never issued is `unauthorized`.
        ...object({ username: text(254), password: PASSWORD, refreshToken: { type: 'string', minLength: 1 } }, []),
        anyOf: [{ required: ['username', 'password'] }, { required: ['refreshToken'] }],
      },
      data: { ...LOGIN, required: ['token', 'refreshToken', 'expiresIn'] },
      run: ({ services: { users }, body, request }) =>
        body.refreshToken === undefined ? users.login(body, request.ip) : users.refresh(body.refreshToken),
    }),
    'POST /api/logout': endpoint({
      id: 'gatewayLogout',
      summary: 'Log out',
      description: 'Ends the login of the token: its access and refresh tokens hold no longer.',
      auth: 'token',
      errors: [],
      data: { type: 'null' },
      run: ({ services, familyId }) => {
        services.users.logout(familyId!);
        return null;
      },
    }),
    'POST /social/login': endpoint<{ body: { provider: string; idToken: string } }>({
      id: 'gatewaySocialLogin',
      summary: 'Log in by an identity of another provider',
      description:
        'One that was bound (`account/social/v1/bind`). Providers are those that the cloud is configured with (`--social-provider`), none by default; another is `invalid_parameter`, which names them.',
      auth: 'none',
      limit: 'logins',
      errors: ['unauthorized', 'too_many_requests'],
      body: object({ provider: PROVIDER, idToken: ID_TOKEN }),
      data: LOGIN,
      run: ({ services, body }) => services.accounts.social.login(body.provider, body.idToken),
    }),
  },
};
