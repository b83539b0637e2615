import { nullable, object, text, time } from '../../../api/schema-parts.js';
import { MAIL_PATTERN, PHONE_PATTERN } from '../../../domain/accounts/addresses.js';

export const MAIL = { type: 'string', maxLength: 254, pattern: MAIL_PATTERN };
export const PHONE = {
  type: 'string',
  maxLength: 16,
  pattern: PHONE_PATTERN,
  description: 'With its country code, like +4915112345678 (E.164).',
};
/** No pattern: any other text is a wrong code. */
export const CODE = text(32);
export const NEW_PASSWORD = text(128, 6);
/** No smallest length: a wrong password is a wrong password. */
export const PASSWORD = text(1024, 0);
/** Some kinds of keys make long ones; no largest length below a body's own is needed. */
export const ID_TOKEN = { ...text(16_384), description: 'OpenID Connect; RS256 or ES256.' };
export const PROVIDER = { ...text(32), description: 'By its name in the configuration of this cloud.' };
export const HOLDS_FOR = { type: 'integer', description: 'Seconds.' };

export const ACCOUNT = object({
  userId: { type: 'integer' },
  username: { type: 'string' },
  email: nullable({ type: 'string' }),
  phone: nullable(PHONE),
  name: nullable({ type: 'string' }),
  country: nullable({ type: 'string', description: 'ISO 3166-1 alpha-2.' }),
  createdAt: time,
  hasPassword: { type: 'boolean', description: 'True: an account is made with one.' },
});
