import { filter, nullable, object, text, time } from '../../../api/schema-parts.js';
import type { PricePlanRequest } from '../../../domain/automation/price-plans.js';
import type { TimeRange } from '../../../domain/time-range.js';
import { endpoint } from '../../endpoint.js';
import { CURRENCY, ID, NAME, PRICE, PRICE_PERIOD, UTC_OFFSET } from '../automation-schemas.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import type { Microservice } from '../microservice.js';

const PERIODS = {
  type: 'array',
  items: PRICE_PERIOD,
  minItems: 1,
  maxItems: 48,
  description: 'They cover the whole day, without gaps or overlaps.',
};
const REQUEST = {
  name: NAME,
  currency: CURRENCY,
  utcOffset: UTC_OFFSET,
  periods: PERIODS,
  enabled: { type: 'boolean' },
};
const PLAN = object({ planId: { type: 'string' }, ...REQUEST, updatedAt: time });
const PERIOD_OR_NULL = { ...PRICE_PERIOD, type: ['object', 'null'] };
const ENERGY = { type: 'number', description: 'kWh' };
const COST_QUERY = object(
  {
    deviceId: ID,
    from: filter({ ...text(40), description: 'From this time on: ISO 8601, or milliseconds since 1970.' }),
    to: filter({ ...text(40), description: 'Before this time.' }),
  },
  ['deviceId'],
);
const SPENT = {
  deviceId: { type: 'string' },
  from: time,
  to: time,
  energy: { ...nullable(ENERGY), description: 'kWh; null: the product meters none, or there are no two readings.' },
  currency: nullable(CURRENCY),
  cost: { ...nullable({ type: 'number' }), description: 'Null without energy, or without an enabled price plan.' },
};

interface CostRequest {
  readonly query: TimeRange & { readonly deviceId: string };
}

/** What energy costs, by the time of the day. */
export const BLUIOTVPP: Microservice = {
  name: 'bluiotvpp',
  title: 'dynamic prices',
  endpoints: {
    'GET /dynamicElectricityPrice/user/v1/dyEpEnabled': endpoint({
      id: 'gatewayPriceEnabled',
      summary: 'Whether the caller has an enabled price plan',
      errors: [],
      data: object({ enabled: { type: 'boolean' } }),
      run: ({ services, user }) => ({ enabled: services.automation.pricePlans.enabled(user) !== undefined }),
    }),
    'GET /dynamicElectricityPrice/user/v1/dyEpStatus': endpoint({
      id: 'gatewayPriceStatus',
      summary: 'What energy costs now, and next',
      description: 'By the caller’s enabled price plan; all null without one.',
      errors: [],
      data: object({
        plan: { ...PLAN, type: ['object', 'null'] },
        currentPrice: nullable(PRICE),
        until: { ...nullable(time), description: 'When the present period ends.' },
        nextPrice: nullable(PRICE),
        cheapestPeriod: PERIOD_OR_NULL,
      }),
      run: ({ services, user }) => services.automation.pricePlans.status(user),
    }),
    'GET /dynamicElectricityPrice/user/v1/costStatistics': endpoint<CostRequest>({
      id: 'gatewayCostStatistics',
      summary: 'What the energy of a device has cost',
      description:
        'What its counter (kWh or Wh: of the grid, else of the load, else of the device as a whole) has risen by, in the history that the cloud keeps (7 days), times the price of the period by the caller’s enabled plan as it is now. A rise is spread evenly over the time between two readings; a counter that falls was reset; what comes after the last reading before `to` is not known. At most the last 31 days.',
      errors: ['device_not_found'],
      query: COST_QUERY,
      data: object({
        ...SPENT,
        meter: {
          ...nullable({ type: 'string' }),
          description: 'The property that counts; null: the product has none.',
        },
        periods: {
          type: 'array',
          items: object({
            from: { type: 'string' },
            to: { type: 'string' },
            price: PRICE,
            energy: ENERGY,
            cost: { type: 'number' },
          }),
        },
      }),
      run: ({ services, user, query }) => services.automation.costs.cost(user, query.deviceId, query),
    }),
    'GET /dynamicElectricityPrice/user/v1/aiCostStatistics': endpoint<CostRequest>({
      id: 'gatewayCheapestCostStatistics',
      summary: 'What the same energy would have cost in the cheapest period',
      description:
        'Arithmetic alone, no model is asked: the energy of `costStatistics` times the lowest price of the plan, as if all of it could have been drawn then.',
      errors: ['device_not_found'],
      query: COST_QUERY,
      data: object({
        ...SPENT,
        cheapestPeriod: PERIOD_OR_NULL,
        cheapestCost: nullable({ type: 'number' }),
        saving: { ...nullable({ type: 'number' }), description: '`cost` less `cheapestCost`.' },
      }),
      run: ({ services, user, query }) => services.automation.costs.cheapest(user, query.deviceId, query),
    }),
    'GET /dynamicElectricityPrice/user/v1/policyInformationDownApp': endpoint<{ query: ListQuery }>({
      id: 'gatewayPricePlans',
      summary: 'The caller’s price plans',
      errors: [],
      query: object(LIST_QUERY, []),
      data: listOf(PLAN),
      run: ({ services, user, query }) =>
        toList(services.automation.pricePlans.list(user, pageRequest(query)), (plan) => plan),
    }),
    'POST /dynamicElectricityPrice/user/v1/policyInformationUp': endpoint<{ body: PricePlanRequest }>({
      id: 'gatewayPutPricePlan',
      summary: 'Store a price plan',
      description:
        'A plan of the same name is changed, and keeps its id. Enabled, it takes the place of the one that is: one plan of a user counts at a time.',
      errors: ['forbidden'],
      body: object(REQUEST),
      data: PLAN,
      run: ({ services, user, body }) => services.automation.pricePlans.put(user, body),
    }),
  },
};
