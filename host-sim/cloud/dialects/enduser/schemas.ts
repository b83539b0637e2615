import { object } from '../../api/schema-parts.js';

/** What requests to the end-user OpenAPI are made of. */

export const INTERNATIONAL_CODE = { type: 'string', pattern: '^[1-9][0-9]{0,3}$' };
export const PHONE = {
  type: 'string',
  pattern: '^[0-9]{3,14}$',
  description: 'Digits, as they follow the international code: a trunk zero counts as one.',
};
export const USER_DOMAIN = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  description: '`GET /env` names that of this cloud.',
};
export const RANDOM = { type: 'string', maxLength: 64, description: 'What the key is made of; none is as empty text.' };
/** Of the longest password in the longest characters. */
export const PWD = {
  type: 'string',
  minLength: 1,
  maxLength: 1_024,
  description:
    'AES-128-CBC with PKCS #5 padding, base64. Key: characters 8 to 24 of the upper-case hex digits of MD5(random); IV: its halves swapped.',
};
/** One that is malformed is a wrong one. */
export const SIGNATURE = { type: 'string', minLength: 1, maxLength: 128 };
export const PK = { type: 'string', minLength: 1, maxLength: 64, description: 'Product key.' };
export const DK = { type: 'string', minLength: 1, maxLength: 64, description: 'Device key: the device id.' };

const TOKEN = (lifetime: string) =>
  object({
    token: { type: 'string', pattern: '^Bearer ', description: `RS256, ${lifetime}.` },
    expirationTime: { type: 'integer', description: 'Seconds since 1970.' },
  });
export const TOKENS = object({ accessToken: TOKEN('2 hours'), refreshToken: TOKEN('30 days; used once') });

export const AGREEMENT = object({
  protocolType: { type: 'integer', enum: [1, 2], description: '1 privacy policy, 2 service agreement.' },
  privacyVersion: { type: 'string', minLength: 1, maxLength: 64 },
});
