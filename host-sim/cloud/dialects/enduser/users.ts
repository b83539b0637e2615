import { filter, nullable, object, text } from '../../api/schema-parts.js';
import type { Agreement, EncryptedPassword, PhoneRequest, TokensView } from '../../domain/end-users/end-users.js';
import { endpoint } from '../endpoint.js';
import { AGREEMENT, INTERNATIONAL_CODE, PHONE, PWD, RANDOM, SIGNATURE, TOKENS, USER_DOMAIN } from './schemas.js';

type PasswordRequest = PhoneRequest & EncryptedPassword;

const KEY_TEXT = { type: 'string', description: 'base64url.' };
const JWK = object({
  kty: { const: 'RSA' },
  n: KEY_TEXT,
  e: KEY_TEXT,
  kid: KEY_TEXT,
  alg: { const: 'RS256' },
  use: { const: 'sig' },
});

const BEARER = /^Bearer +/i;

export const USERS = {
  'POST /enduserapi/v2/phonePwdRegister': endpoint<{
    body: PasswordRequest & { smsCode: string; agreementList: readonly Agreement[] };
  }>({
    id: 'endUserRegister',
    summary: 'Register with a phone number',
    description:
      'With the code of an SMS of type 3, of which a client has 5 tries. The account is one of SmartLink’s, whose user name is the number (E.164). A password has 6 to 128 characters.',
    auth: 'none',
    limit: 'codes',
    errors: ['user_domain_not_found', 'invalid_code', 'user_exists', 'too_many_requests'],
    body: object(
      {
        internationalCode: nullable({ ...INTERNATIONAL_CODE, description: '86 by default.' }),
        phone: PHONE,
        random: nullable(RANDOM),
        pwd: PWD,
        smsCode: text(16),
        userDomain: USER_DOMAIN,
        agreementList: {
          type: 'array',
          items: AGREEMENT,
          minItems: 1,
          maxItems: 2,
          description: 'Each `protocolType` once.',
        },
      },
      ['phone', 'pwd', 'smsCode', 'userDomain', 'agreementList'],
    ),
    data: object({ uid: { type: 'string', pattern: '^C[0-9]+$', description: 'C and the user id.' } }),
    run: ({ services, body, request }) => services.endUsers.register(body, request.ip),
  }),
  'POST /enduserapi/phonePwdLogin': endpoint<{ query: PasswordRequest & { signature: string } }>({
    id: 'endUserLogin',
    summary: 'Log in with a phone number',
    description:
      'Signature: SHA-256, hex digits, over internationalCode + phone + pwd as it is sent + random + the secret of the user domain; what is left out is empty. Nothing in a request says when it was made: whoever has one can log in with it until the password changes, so send it over TLS. An unknown number is as a wrong password; 10 failures in 5 minutes lock the account for that address.',
    auth: 'none',
    limit: 'logins',
    errors: ['user_domain_not_found', 'invalid_signature', 'invalid_password', 'too_many_requests'],
    query: object(
      {
        internationalCode: filter({ ...INTERNATIONAL_CODE, description: '86 by default.' }),
        phone: PHONE,
        random: filter(RANDOM),
        pwd: PWD,
        userDomain: USER_DOMAIN,
        signature: SIGNATURE,
      },
      ['phone', 'pwd', 'userDomain', 'signature'],
    ),
    data: TOKENS,
    run: async ({ services, query, request }) => shown(await services.endUsers.login(query, request.ip)),
  }),
  'PUT /enduserapi/refreshToken': endpoint<{ body: { refreshToken: string } }>({
    id: 'endUserRefresh',
    summary: 'Refresh a token',
    description:
      'An extension. A refresh token works once; a second use ends everything that came from the same login.',
    auth: 'none',
    limit: 'refreshes',
    errors: ['unauthorized', 'too_many_requests'],
    body: object({ refreshToken: { ...text(4_096), description: 'With or without `Bearer`.' } }),
    data: TOKENS,
    run: async ({ services, body }) => shown(await services.endUsers.refresh(body.refreshToken.replace(BEARER, ''))),
  }),
  'POST /enduserapi/logout': endpoint({
    id: 'endUserLogout',
    summary: 'Log out',
    description: 'An extension. Ends the login that the token came from, with all its tokens.',
    auth: 'token',
    errors: [],
    data: { type: 'null' },
    run: ({ services, familyId }) => {
      services.users.logout(familyId!);
      return null;
    },
  }),
  'GET /enduserapi/jwks': endpoint({
    id: 'endUserJwks',
    summary: 'The public key of the tokens',
    description: 'An extension: a JSON Web Key Set (RFC 7517), without envelope.',
    auth: 'none',
    errors: [],
    bare: true,
    data: object({ keys: { type: 'array', items: JWK } }),
    run: async ({ services }) => ({ keys: [await services.endUsers.publicKey()] }),
  }),
};

/** The tokens as apps are to send them. */
function shown({ accessToken, refreshToken }: TokensView): TokensView {
  return {
    accessToken: { ...accessToken, token: `Bearer ${accessToken.token}` },
    refreshToken: { ...refreshToken, token: `Bearer ${refreshToken.token}` },
  };
}
