import { filter, nullable, object, text, time } from '../../../api/schema-parts.js';
import type { EnrollmentRequest } from '../../../domain/automation/price-programs.js';
import { MAX_SITE_DEVICES, type SiteRequest } from '../../../domain/automation/sites.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import {
  CONTROL_ERRORS,
  CURRENCY,
  ID,
  LAST_RUN,
  NAME,
  NEXT_RUN,
  PARAMS,
  PRICE,
  PRICE_PERIOD,
  RESULT,
  UTC_OFFSET,
} from '../automation-schemas.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList, wholeList } from '../lists.js';

const COMMAND = { ...PARAMS, type: ['object', 'null'] };
const ENROLLMENT = object({
  programId: { type: 'string' },
  deviceId: { type: 'string' },
  maxPrice: PRICE,
  above: PARAMS,
  below: PARAMS,
  nextRunAt: { ...NEXT_RUN, description: 'When the price crosses `maxPrice` next; null: it does not.' },
  lastRun: LAST_RUN,
});

/** Devices that follow the price of energy. */
export const VPP: Readonly<Record<string, Endpoint>> = {
  'GET /vpp/v1/programs': endpoint<{ query: { siteId?: string } }>({
    id: 'gatewayPrograms',
    summary: 'Price plans that devices may follow, and those that do',
    description:
      'The caller’s enabled price plan (`policyInformationUp`), by whose id a program is named; none without one. No operator of a grid stands behind it. With `siteId`: the enrollments of that site’s devices.',
    errors: ['not_found'],
    query: object({ siteId: filter(ID) }, []),
    data: listOf(
      object({
        programId: { type: 'string' },
        name: { type: 'string' },
        currency: CURRENCY,
        utcOffset: UTC_OFFSET,
        periods: { type: 'array', items: PRICE_PERIOD },
        enrollments: { type: 'array', items: ENROLLMENT },
      }),
    ),
    run: ({ services, user, query }) => wholeList(services.automation.programs.programs(user, query.siteId)),
  }),
  'POST /vpp/v1/enrollment': endpoint<{ body: EnrollmentRequest }>({
    id: 'gatewayEnroll',
    summary: 'Have devices follow a price',
    description:
      'The cloud sends `above` when the price goes over `maxPrice`, and `below` when it falls to it or under: from the next crossing on, as the caller, while the plan is enabled. Names one device, or a site: all its devices. Of one that follows the plan already it is changed; `enrolled: false` ends it.',
    errors: [...CONTROL_ERRORS, 'not_found', 'forbidden'],
    body: object(
      {
        programId: ID,
        deviceId: nullable(ID),
        siteId: nullable(ID),
        enrolled: { type: 'boolean', default: true },
        maxPrice: nullable(PRICE),
        above: COMMAND,
        below: COMMAND,
      },
      ['programId'],
    ),
    data: listOf(ENROLLMENT),
    run: ({ services, user, body }) => wholeList(services.automation.programs.enroll(user, body)),
  }),
  'GET /vpp/v1/dispatches': endpoint<{ query: ListQuery }>({
    id: 'gatewayDispatches',
    summary: 'What devices were sent because of a price',
    description: 'Newest first; of the last 30 days, at most 200.',
    errors: [],
    query: object(LIST_QUERY, []),
    data: listOf(
      object({
        programId: { type: 'string' },
        deviceId: { type: 'string' },
        at: time,
        price: PRICE,
        currency: CURRENCY,
        params: PARAMS,
        result: RESULT,
      }),
    ),
    run: ({ services, user, query }) =>
      toList(services.automation.programs.dispatches(user, pageRequest(query)), (dispatch) => dispatch),
  }),
  'POST /vpp/site/v1/create': endpoint<{ body: SiteRequest }>({
    id: 'gatewayCreateSite',
    summary: 'Make a site, whose devices may follow a price together',
    description: 'A site of the same name is changed, and keeps its id. It is its user’s alone.',
    errors: ['device_not_found', 'forbidden'],
    body: object(
      {
        name: NAME,
        address: nullable(text(256, 0)),
        deviceIds: { type: ['array', 'null'], items: ID, maxItems: MAX_SITE_DEVICES, uniqueItems: true },
      },
      ['name'],
    ),
    data: object({
      siteId: { type: 'string' },
      name: { type: 'string' },
      address: nullable({ type: 'string' }),
      deviceIds: { type: 'array', items: { type: 'string' } },
    }),
    run: ({ services, user, body }) => services.automation.sites.put(user, body),
  }),
};
