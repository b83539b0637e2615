import type { OwnOperation } from './operation.js';

/** Of accounts, and of the one that runs the cloud. */
export const USER_OPERATIONS: Readonly<Record<string, OwnOperation>> = {
  'POST /api/v1/users/register': {
    id: 'register',
    tag: 'Users',
    summary: 'Register a user',
    description:
      'One of `username` and `email` may be left out. A phone number is no user name: it needs the code that the gateway or the end-user API sends to it. Registrations are made one by one; where too many wait: 429.',
    auth: 'none',
    errors: ['user_exists', 'too_many_requests'],
  },
  'POST /api/v1/users/login': {
    id: 'login',
    tag: 'Users',
    summary: 'Log in',
    description:
      'With user name, e-mail address or phone number. At most 60 logins in any minute from one address; 10 failures in 5 minutes, by whichever name, lock the account for that address.',
    auth: 'none',
    errors: ['invalid_password', 'too_many_requests'],
  },
  'POST /api/v1/users/login-code': {
    id: 'loginByCode',
    tag: 'Users',
    summary: 'Log in by the code of a link',
    description:
      'An extension: with the code of the link that the cloud prints when it starts, as the development account. It works once, within an hour. Attempts count with those of `POST /api/v1/users/login`.',
    auth: 'none',
    errors: ['invalid_code', 'too_many_requests'],
  },
  'POST /api/v1/users/refresh-token': {
    id: 'refreshToken',
    tag: 'Users',
    summary: 'Refresh a token',
    description:
      'A refresh token works once; a second use ends everything that came from the same login. 600 at once from one address, then 10 a second.',
    auth: 'none',
    errors: ['unauthorized', 'too_many_requests'],
  },
  'POST /api/v1/users/logout': {
    id: 'logout',
    tag: 'Users',
    summary: 'Log out',
    description: 'An extension. Ends the login of the token: its access and refresh tokens hold no longer.',
    auth: 'token',
    errors: [],
  },
  'GET /api/v1/users/me': { id: 'me', tag: 'Users', summary: 'The calling user', auth: 'user', errors: [] },
  'POST /api/v1/users/api-keys': {
    id: 'createApiKey',
    tag: 'Users',
    summary: 'Create an API key',
    description: 'The only answer that shows key and secret. At most 100 a user.',
    auth: 'token',
    errors: ['forbidden'],
  },
  'GET /api/v1/users/api-keys': { id: 'listApiKeys', tag: 'Users', summary: 'List API keys', auth: 'user', errors: [] },
  'DELETE /api/v1/users/api-keys/:keyId': {
    id: 'deleteApiKey',
    tag: 'Users',
    summary: 'Delete an API key',
    auth: 'token',
    errors: ['not_found'],
  },
  'GET /api/v1/operator/codes': {
    id: 'operatorCodes',
    tag: 'Operator',
    summary: 'Codes that were sent and are still good',
    description:
      'A dev cloud sends no SMS and no mail: who runs it reads here what it would have sent, the newest first, 50 at most. A code leaves when it is used or expires. Kept in memory alone.',
    auth: 'token',
    errors: [],
  },
  'GET /api/v1/operator/user-domain': {
    id: 'operatorUserDomain',
    tag: 'Operator',
    summary: 'The user domain with its secret',
    description: 'Under which name apps of end users ask this cloud, and what they sign their requests with.',
    auth: 'token',
    errors: [],
  },
};
