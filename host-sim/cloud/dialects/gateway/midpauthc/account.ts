import { nullable, object, text } from '../../../api/schema-parts.js';
import type { AddressChange } from '../../../domain/accounts/account-service.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { ACCOUNT, CODE, HOLDS_FOR, MAIL, PHONE } from './schemas.js';

const TICKET = {
  ...nullable(text(256)),
  description: 'That the present address is yours, from `verify`; required where there is one.',
};
const CHANGE_ERRORS = ['invalid_code', 'user_exists', 'too_many_requests'] as const;

/** Both kinds of addresses are verified in the same way. */
function verifyEndpoint(id: string, channel: 'mail' | 'sms', what: string): Endpoint {
  return endpoint<{ body: { code?: string } }>({
    id,
    summary: `Show that the present ${what} is yours`,
    description:
      'Without `code` one is sent to it; with that code the answer has a `ticket`, by which it may be changed. `expiresIn` is of whichever was made.',
    auth: 'token',
    limit: 'codes',
    errors: ['not_found', 'invalid_code', 'too_many_requests'],
    body: { ...object({ code: nullable(CODE) }, []), type: ['object', 'null'] },
    data: object({ ticket: nullable({ type: 'string' }), expiresIn: HOLDS_FOR }),
    run: ({ services: { accounts }, user: { userId }, body: { code } }) =>
      code === undefined
        ? { ticket: null, expiresIn: accounts.own.sendToPresent(userId, channel) }
        : accounts.own.verifyPresent(userId, channel, code),
  });
}

/** An account as its owner sees and changes it. */
export const ACCOUNT_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /user/account/v1': endpoint({
    id: 'gatewayAccount',
    summary: 'The account of the calling user',
    errors: [],
    data: ACCOUNT,
    run: ({ services, user }) => services.accounts.own.get(user.userId),
  }),
  'POST /user/v1/update/mail/verify': verifyEndpoint('gatewayVerifyMail', 'mail', 'e-mail address'),
  'POST /user/v1/update/mail/change': endpoint<{ body: Omit<AddressChange, 'address'> & { email: string } }>({
    id: 'gatewayChangeMail',
    summary: 'Set or change the e-mail address',
    description:
      '`code` is the one that `captcha/send` sent to the new address for `contact`. A user name that was the address before becomes the new one.',
    auth: 'token',
    limit: 'codes',
    errors: CHANGE_ERRORS,
    body: object({ email: MAIL, code: CODE, ticket: TICKET }, ['email', 'code']),
    data: ACCOUNT,
    run: ({ services, user, body: { email, ...shown } }) =>
      services.accounts.own.changeAddress(user.userId, 'mail', { address: email, ...shown }),
  }),
  'POST /user/v1/update/phone': endpoint<{ body: { phone: string; code: string } }>({
    id: 'gatewaySetPhone',
    summary: 'Set a first phone number',
    description: 'As `update/phone/change`, for who has none yet.',
    auth: 'token',
    limit: 'codes',
    errors: CHANGE_ERRORS,
    body: object({ phone: PHONE, code: CODE }),
    data: ACCOUNT,
    run: ({ services, user, body: { phone, code } }) =>
      services.accounts.own.changeAddress(user.userId, 'sms', { address: phone, code }),
  }),
  'POST /user/v1/update/phone/verify': verifyEndpoint('gatewayVerifyPhone', 'sms', 'phone number'),
  'POST /user/v1/update/phone/change': endpoint<{ body: Omit<AddressChange, 'address'> & { phone: string } }>({
    id: 'gatewayChangePhone',
    summary: 'Change the phone number',
    description:
      '`code` is the one that `captcha/send` sent to the new number for `contact`. A user name that was the number before becomes the new one.',
    auth: 'token',
    limit: 'codes',
    errors: CHANGE_ERRORS,
    body: object({ phone: PHONE, code: CODE, ticket: TICKET }, ['phone', 'code']),
    data: ACCOUNT,
    run: ({ services, user, body: { phone, ...shown } }) =>
      services.accounts.own.changeAddress(user.userId, 'sms', { address: phone, ...shown }),
  }),
  'POST /user/v1/update/country': endpoint<{ body: { country: string } }>({
    id: 'gatewaySetCountry',
    summary: 'Set the country',
    errors: [],
    body: object({
      country: { type: 'string', pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1 alpha-2, like DE.' },
    }),
    data: ACCOUNT,
    run: ({ services, user, body }) => services.accounts.own.setCountry(user.userId, body.country),
  }),
  'POST /user/v1/country/reset': endpoint({
    id: 'gatewayResetCountry',
    summary: 'Forget the country',
    errors: [],
    data: ACCOUNT,
    run: ({ services, user }) => services.accounts.own.setCountry(user.userId, null),
  }),
};
