import { object, text } from '../../../api/schema-parts.js';
import { parseAddress } from '../../../domain/accounts/addresses.js';
import { CODE_LIFETIME_S, CODE_PURPOSES, type CodePurpose } from '../../../domain/accounts/verification-codes.js';
import { type Endpoint, endpoint } from '../../endpoint.js';

const ADDRESS = { ...text(254), description: 'An e-mail address, or a phone number with its country code (E.164).' };
const SCENE = { type: 'string', enum: CODE_PURPOSES, description: 'What the code is good for, and nothing else.' };

/** Codes by which somebody shows that an address is his. */
export const CAPTCHA_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /captcha/send/v1': endpoint<{ body: { account: string; scene: CodePurpose } }>({
    id: 'gatewaySendCode',
    summary: 'Have a code sent to an address',
    description:
      'Six digits, for 5 minutes and one use; one that is still good is sent again. A dev cloud sends no mail and no SMS: the code is in its log. The answer does not tell whether the address is known. One a minute, ten an hour for an address.',
    auth: 'none',
    limit: 'codes',
    errors: ['too_many_requests'],
    body: object({ account: ADDRESS, scene: SCENE }),
    data: object({
      expiresIn: { type: 'integer', description: 'Seconds.' },
      channel: { type: 'string', enum: ['sms', 'mail'] },
    }),
    run: ({ services, body: { account, scene }, request }) => {
      const target = parseAddress(account, 'account');
      services.accounts.codes.send(target, scene, request.ip);
      return { expiresIn: CODE_LIFETIME_S, channel: target.channel };
    },
  }),
  'POST /captcha/validate/v1': endpoint<{ body: { account: string; scene: CodePurpose; code: string } }>({
    id: 'gatewayCheckCode',
    summary: 'Look whether a code is right',
    description: 'Does not use it up. After 5 wrong ones another has to be asked for.',
    auth: 'none',
    limit: 'codes',
    errors: ['invalid_code', 'too_many_requests'],
    body: object({ account: ADDRESS, scene: SCENE, code: text(32) }),
    data: object({ valid: { type: 'boolean', const: true } }),
    run: ({ services, body: { account, scene, code }, request }) => {
      services.accounts.codes.check(parseAddress(account, 'account'), scene, code, request.ip);
      return { valid: true };
    },
  }),
};
