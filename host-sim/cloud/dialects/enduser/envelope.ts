import type { FastifyReply } from 'fastify';
import type { CloudError, ErrorWord } from '../../errors.js';

/** Every answer of the end-user OpenAPI, whose HTTP status is 200 whatever it says. */
export interface EndUserEnvelope {
  readonly code: number;
  readonly msg: string;
  readonly data: unknown;
  readonly extMsg: null;
}

interface OwnCode {
  readonly code: number;
  /** All that is said, where that is more than a word and a sentence, or has to be less. */
  readonly msg?: string;
}

/** The codes that this API documents, or that its apps have to tell from others. */
const OWN_CODES: Partial<Record<ErrorWord, OwnCode>> = {
  invalid_signature: { code: 5420, msg: 'Signature verification failed' },
  invalid_code: { code: 5037, msg: 'SMS verification failed' },
  unauthorized: { code: 5032, msg: 'token verification failed' },
  invalid_password: { code: 5401, msg: 'Phone number or password is wrong' },
  user_exists: { code: 5409, msg: 'This phone number has an account' },
  user_domain_not_found: { code: 5410 },
};
/** Every other error has the HTTP status that SmartLink's API gives it, added to this. */
const BASE_CODE = 5_000;

export function endUserSuccess(data: unknown): EndUserEnvelope {
  return { code: 200, msg: '', data, extMsg: null };
}

/** The code of an error. */
export function endUserCode(word: ErrorWord, status: number): number {
  return OWN_CODES[word]?.code ?? BASE_CODE + status;
}

/** Answers an error. */
export function sendEndUserFailure(reply: FastifyReply, error: CloudError): FastifyReply {
  if (error.retryAfterS !== undefined) reply.header('retry-after', String(error.retryAfterS));
  const { word, status, message } = error;
  const envelope: EndUserEnvelope = {
    code: endUserCode(word, status),
    msg: OWN_CODES[word]?.msg ?? message,
    data: null,
    extMsg: null,
  };
  return reply.status(200).send(envelope);
}
