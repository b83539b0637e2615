import { filter, object, text, time } from '../../../api/schema-parts.js';
import type { StatisticsRequest } from '../../../domain/telemetry/energy-statistics.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import {
  DEVICE_QUERY,
  HISTORY_DESCRIPTION,
  NUMBER_OR_NULL,
  STATISTICS,
  STATISTICS_BODY,
  STATISTICS_QUERY,
  TEXT,
} from './schemas.js';

const QUERY = object(STATISTICS_QUERY, ['deviceId']);
const KWH = { type: 'string', enum: ['kWh'] };
const COUNTING =
  'A rise of the counter counts in the bucket in which it was reported, unless the reading before is older than a bucket is long: then it is in `total` alone. A counter that falls starts anew. Where nothing was counted there is null, which is not zero.';

/** What the history of meters comes to. */
export const STATISTICS_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /dashboard/v2/getDeviceEnergyStatistics': endpoint<{ query: StatisticsRequest }>({
    id: 'gatewayEnergyStatistics',
    summary: 'Energy by hours or days',
    description: `${HISTORY_DESCRIPTION} ${COUNTING}`,
    errors: ['device_not_found'],
    query: QUERY,
    data: object({
      ...STATISTICS,
      unit: KWH,
      buckets: { type: 'array', items: object({ from: time, energy: NUMBER_OR_NULL }) },
      total: NUMBER_OR_NULL,
    }),
    run: ({ services, user, query }) => services.telemetry.statistics.energy(user, query),
  }),
  'GET /dashboard/v2/getDevicePowerStatistics': endpoint<{ query: StatisticsRequest }>({
    id: 'gatewayPowerStatistics',
    summary: 'Lowest, mean and highest power by hours or days',
    description: `${HISTORY_DESCRIPTION} A reading holds until the next one, at most for 15 minutes; the mean is weighed by time. Where nothing is known there is null.`,
    errors: ['device_not_found'],
    query: QUERY,
    data: object({
      ...STATISTICS,
      unit: { type: 'string', enum: ['W'] },
      buckets: {
        type: 'array',
        items: object({ from: time, min: NUMBER_OR_NULL, mean: NUMBER_OR_NULL, max: NUMBER_OR_NULL }),
      },
    }),
    run: ({ services, user, query }) => services.telemetry.statistics.power(user, query),
  }),
  'GET /dashboard/v1/getElectricCostSaveStatistics': endpoint<{ query: StatisticsRequest }>({
    id: 'gatewaySavings',
    summary: 'What the energy of a span has saved',
    description: `${HISTORY_DESCRIPTION} Of the solar panels (\`pv\`) where no role is named. Saved emission is the energy times the caller’s emission rate of the device, and null where he has set none; saved cost is at the prices of his enabled price plan, and null without one.`,
    errors: ['device_not_found'],
    query: QUERY,
    data: object({
      ...STATISTICS,
      unit: KWH,
      energy: NUMBER_OR_NULL,
      emissionRate: { ...NUMBER_OR_NULL, description: 'kg of CO₂ a kWh.' },
      savedEmission: { ...NUMBER_OR_NULL, description: 'kg of CO₂.' },
      savedCost: NUMBER_OR_NULL,
      currency: { type: ['string', 'null'], description: 'ISO 4217.' },
    }),
    run: ({ services, user, query }) => services.telemetry.statistics.savings(user, query),
  }),
  'GET /dashboard/v1/getSocChangeList': endpoint<{
    query: ListQuery & { deviceId: string; from?: string; to?: string };
  }>({
    id: 'gatewaySocChanges',
    summary: 'When a battery’s state of charge changed, oldest first',
    description: 'From the history, of which 7 days or 10,000 points a board are kept; empty without a battery.',
    errors: ['device_not_found'],
    query: object(
      {
        ...DEVICE_QUERY,
        from: filter({ ...text(40), description: 'ISO 8601, or ms since 1970.' }),
        to: filter({ ...text(40), description: 'Before this time.' }),
        ...LIST_QUERY,
      },
      ['deviceId'],
    ),
    data: listOf(object({ at: time, soc: { type: 'number', description: '%' } })),
    run: ({ services, user, query }) =>
      toList(services.telemetry.statistics.socChanges(user, { ...query, ...pageRequest(query) }), (point) => point),
  }),
  'POST /dashboard/v1/exportDeviceEnergyStatistics': endpoint<{ body: StatisticsRequest }>({
    id: 'gatewayExportEnergy',
    summary: 'Energy by hours or days as a CSV file among the caller’s files',
    description:
      'What getDeviceEnergyStatistics answers, one line a bucket (RFC 4180, UTF-8); an empty cell is null. Files are limited in number: the oldest have to be deleted some day.',
    errors: ['device_not_found', 'forbidden'],
    body: STATISTICS_BODY,
    data: object({ fileId: TEXT, fileName: TEXT, size: { type: 'integer', description: 'Bytes.' } }),
    run: ({ services, user, body }) => services.telemetry.exports.energy(user, body),
  }),
};
