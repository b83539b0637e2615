import type { Operation } from '../../api/operation.js';
import { BLUIOTDATA } from './bluiotdata/service.js';
import { BLUIOTVPP } from './bluiotvpp/service.js';
import { BLUSMARTPROD } from './blusmartprod/service.js';
import { BLUUC } from './bluuc/service.js';
import { LOGINS } from './logins/service.js';
import { type Microservice, operationsOf, prefixOf, tagOf } from './microservice.js';
import { MIDPAUTHC } from './midpauthc/service.js';
import { MIDPFILEC } from './midpfilec/service.js';
import { MIDPMDATA } from './midpmdata/service.js';
import { MIDPNC } from './midpnc/service.js';
import { MIDPPKIC } from './midppkic/service.js';
import { UNSERVED_SERVICES } from './unserved.js';

/** The microservices behind the gateway, those that work first. */
export const MICROSERVICES: readonly Microservice[] = [
  LOGINS,
  MIDPAUTHC,
  MIDPNC,
  MIDPPKIC,
  MIDPFILEC,
  MIDPMDATA,
  BLUSMARTPROD,
  BLUIOTDATA,
  BLUIOTVPP,
  BLUUC,
  ...UNSERVED_SERVICES,
];

/** Every documented route of the gateway by method and path. */
export const GATEWAY_OPERATIONS: Readonly<Record<string, Operation>> = Object.assign(
  {},
  ...MICROSERVICES.map(operationsOf),
);

/** Tags of the reference, and what they stand for. */
export const GATEWAY_TAGS: Readonly<Record<string, string>> = Object.fromEntries(
  MICROSERVICES.map((microservice) => [
    tagOf(microservice),
    `The same cloud in the words of a gateway of microservices: answers are \`{"code","msg","data"}\`, paths begin with \`${prefixOf(microservice) || '/'}\`.`,
  ]),
);
