import { nullable, object, text, USER_NAME } from '../../../api/schema-parts.js';
import type { Registration } from '../../../domain/accounts/account-service.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { ACCOUNT, CODE, HOLDS_FOR, MAIL, NEW_PASSWORD, PASSWORD, PHONE } from './schemas.js';

/** Registering, forgotten and changed passwords. */
export const LOGIN_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /user/mgt/register/v1': endpoint<{ body: Registration }>({
    id: 'gatewayRegister',
    summary: 'Register a user',
    description:
      'With a user name, an e-mail address or a phone number; whichever there are log him in, on every API. A phone number needs the `code` that `captcha/send` sent to it for `register`; for an e-mail address a code may be left out, and is checked where it is given.',
    auth: 'none',
    limit: 'codes',
    errors: ['user_exists', 'invalid_code', 'too_many_requests'],
    body: object(
      {
        username: nullable(USER_NAME),
        email: nullable(MAIL),
        phone: nullable(PHONE),
        password: NEW_PASSWORD,
        name: nullable(text(128, 0)),
        code: nullable(CODE),
      },
      ['password'],
    ),
    data: ACCOUNT,
    run: ({ services, body, request }) => services.accounts.own.register(body, request.ip),
  }),
  'POST /user/mgt/forgotpwd/step1/v1': endpoint<{ body: { account: string } }>({
    id: 'gatewayForgotPassword',
    summary: 'Forgotten password: have a code sent',
    description:
      'To the address of the account: the one that names it, else its e-mail address, else its phone number. The answer is the same where there is no such account, or none that has either.',
    auth: 'none',
    limit: 'codes',
    errors: ['too_many_requests'],
    body: object({ account: USER_NAME }),
    data: object({ expiresIn: HOLDS_FOR }),
    run: ({ services, body, request }) => ({
      expiresIn: services.accounts.passwordReset.begin(body.account, request.ip),
    }),
  }),
  'POST /user/mgt/forgotpwd/step2/v1': endpoint<{ body: { account: string; code: string; password: string } }>({
    id: 'gatewayResetPassword',
    summary: 'Forgotten password: set another one',
    description:
      'Ends every login of the account; API keys stay. By an e-mail address that nobody had shown to be his by a code, it ends API keys, bound identities and the phone number, too: whoever made the account only said that it is his. After 5 wrong codes another has to be asked for.',
    auth: 'none',
    limit: 'codes',
    errors: ['invalid_code', 'too_many_requests'],
    body: object({ account: USER_NAME, code: CODE, password: NEW_PASSWORD }),
    data: { type: 'null' },
    run: async ({ services, body: { account, code, password }, request }) => {
      await services.accounts.passwordReset.finish(account, code, password, request.ip);
      return null;
    },
  }),
  'POST /user/v1/update/password': endpoint<{ body: { oldPassword: string; newPassword: string } }>({
    id: 'gatewayUpdatePassword',
    summary: 'Change the password',
    description:
      'Ends every login of the account, this one too: log in again. API keys stay. A wrong `oldPassword` counts as a failed login.',
    auth: 'token',
    errors: ['invalid_password', 'too_many_requests'],
    body: object({ oldPassword: PASSWORD, newPassword: NEW_PASSWORD }),
    data: { type: 'null' },
    run: async ({ services, user, body: { oldPassword, newPassword }, request }) => {
      await services.users.changePassword(user.userId, oldPassword, newPassword, request.ip);
      return null;
    },
  }),
};
