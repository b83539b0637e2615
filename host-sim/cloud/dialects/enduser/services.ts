import type { Operation } from '../../api/operation.js';
import { describe } from '../endpoint.js';
import type { Microservice } from '../gateway/microservice.js';
import { BINDING } from './binding.js';
import { SMS } from './sms.js';
import { USERS } from './users.js';

const TAG = 'End-user OpenAPI';

interface EndUserPart extends Pick<Microservice, 'endpoints'> {
  /** Begins its paths. */
  readonly prefix: string;
}

/** The end-user OpenAPI by the prefixes of its paths. */
export const END_USER_SERVICES: readonly EndUserPart[] = [
  { prefix: '/v2/sms', endpoints: SMS },
  { prefix: '/v2/enduser', endpoints: USERS },
  { prefix: '/v2/binding', endpoints: BINDING },
];

/** Every documented route by method and path. */
export const END_USER_OPERATIONS: Readonly<Record<string, Operation>> = Object.assign(
  {},
  ...END_USER_SERVICES.map(({ prefix, endpoints }) => describe(endpoints, { prefix, tag: TAG, dialect: 'enduser' })),
);

export const END_USER_TAGS: Readonly<Record<string, string>> = {
  [TAG]:
    'The same cloud for apps of people with a phone number. Answers are `{"code","msg","data","extMsg"}` and have the HTTP status 200, whatever they say; success is code 200, and of an error `msg` is a sentence, in front of which may stand SmartLink’s word.',
};
