import { CODE_PURPOSES } from '../domain/accounts/verification-codes.js';
import { object, time } from './schema-parts.js';

/** What only who runs the cloud sees: extensions. */
export const OPERATOR_SCHEMAS = {
  operatorCodes: {
    data: object({
      list: {
        type: 'array',
        items: object({
          channel: { type: 'string', enum: ['sms', 'mail'] },
          address: { type: 'string' },
          purpose: { type: 'string', enum: CODE_PURPOSES, description: 'What the code is good for, and nothing else.' },
          code: { type: 'string', pattern: '^[0-9]{6}$' },
          at: { ...time, description: 'When it was asked for last.' },
          expiresAt: time,
        }),
      },
    }),
  },
  operatorUserDomain: {
    data: object({
      domain: { type: 'string' },
      secret: { type: 'string', description: 'What requests of end users are signed with.' },
    }),
  },
} as const;
