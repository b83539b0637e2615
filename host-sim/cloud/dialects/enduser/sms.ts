import { object } from '../../api/schema-parts.js';
import type { SmsCodeRequest } from '../../domain/end-users/end-users.js';
import { CloudError } from '../../errors.js';
import { endpoint } from '../endpoint.js';
import { INTERNATIONAL_CODE, PHONE, SIGNATURE, USER_DOMAIN } from './schemas.js';

const CODE_TYPE = {
  type: 'integer',
  minimum: 1,
  maximum: 5,
  description: '1 password reset, 2 login, 3 registration, 4 deregistration, 5 push contact.',
};

/** The type of a code has one name in the table of the vendor's reference, and another in its example. */
interface CodeQuery extends Omit<SmsCodeRequest, 'codeType'> {
  readonly codeType?: number;
  readonly code_type?: number;
}

export const SMS = {
  'POST /enduserapi/v2/sendPhoneSmsCode': endpoint<{ query: CodeQuery }>({
    id: 'endUserSendCode',
    summary: 'Send a code by SMS',
    description:
      'Signature: SHA-256, hex digits, over phone + codeType + random + ts + the secret of the user domain. A `random` works once, and `ts` is within 10 minutes of the time of the cloud. No SMS is sent: the code is told by the terminal of the cloud, and with `--json` by the line `code_sent` of its log; it works once, for 5 minutes.',
    auth: 'none',
    limit: 'codes',
    errors: ['user_domain_not_found', 'invalid_signature', 'too_many_requests'],
    query: object(
      {
        codeType: CODE_TYPE,
        code_type: { ...CODE_TYPE, description: 'The same by its other name: one of them is required.' },
        internationalCode: INTERNATIONAL_CODE,
        phone: PHONE,
        random: { type: 'string', pattern: '^[A-Za-z0-9]{16}$' },
        ts: { type: 'integer', format: 'int64', minimum: 0, maximum: 8.64e15, description: 'Milliseconds since 1970.' },
        userDomain: USER_DOMAIN,
        signature: SIGNATURE,
      },
      ['internationalCode', 'phone', 'random', 'ts', 'userDomain', 'signature'],
    ),
    data: { type: 'null' },
    run: ({ services, query: { codeType, code_type: otherName, ...query }, request }) => {
      const type = codeType ?? otherName;
      if (type === undefined) throw new CloudError('invalid_parameter', 'codeType is required');
      if (otherName !== undefined && otherName !== type) {
        throw new CloudError('invalid_parameter', 'codeType and code_type differ: give one of them');
      }
      services.endUsers.sendCode({ ...query, codeType: type }, request.ip);
      return null;
    },
  }),
};
