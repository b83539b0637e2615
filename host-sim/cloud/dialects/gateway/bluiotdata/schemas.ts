import { filter, nullable, object, text, time } from '../../../api/schema-parts.js';
import { INTERVALS } from '../../../domain/telemetry/buckets.js';
import { ENERGY_ROLES } from '../../../domain/telemetry/energy-model.js';

export const TEXT = { type: 'string' };
export const NUMBER_OR_NULL = nullable({ type: 'number' });
export const DEVICE_QUERY = { deviceId: text(64) };

/** By key: what a board has reported. */
export const READINGS = {
  type: 'object',
  additionalProperties: object({
    value: { description: 'As the board reported it; null where it did not.' },
    reportedAt: nullable(time),
    name: { ...nullable(TEXT), description: 'In the thing model; null where that does not have it.' },
    unit: nullable(TEXT),
  }),
};

const ROLE = { type: 'string', enum: ENERGY_ROLES };
const INTERVAL = { type: 'string', enum: INTERVALS };
/** A number of minutes; queries know no negative integers. */
const UTC_OFFSET = { type: 'number', minimum: -720, maximum: 840, multipleOf: 1 };

/** What statistics are asked for, in a query or in a body. */
export const STATISTICS_QUERY = {
  ...DEVICE_QUERY,
  role: filter({ ...ROLE, description: 'Of what; the first of pv, load, grid, battery that the product measures.' }),
  from: filter({ ...text(40), description: 'ISO 8601, or ms since 1970; 24 hours or 7 days before `to`.' }),
  to: filter({ ...text(40), description: 'Before this time; until now where it is absent.' }),
  interval: filter({ ...INTERVAL, default: 'hour' }),
  utcOffset: filter({ ...UTC_OFFSET, default: 0, description: 'Of the clock of hours and days, minutes east of UTC.' }),
};
export const STATISTICS_BODY = object(
  {
    ...DEVICE_QUERY,
    role: nullable(ROLE),
    from: nullable(text(40)),
    to: nullable(text(40)),
    interval: nullable(INTERVAL),
    utcOffset: nullable(UTC_OFFSET),
  },
  ['deviceId'],
);

/** What all statistics say first. */
export const STATISTICS = {
  deviceId: TEXT,
  role: { ...nullable(ROLE), description: 'Null where the product measures none.' },
  isPresent: { type: 'boolean', description: 'Whether the product measures it.' },
  interval: INTERVAL,
};

/** Says of statistics what they are made of. */
export const HISTORY_DESCRIPTION =
  'From the history of the product’s meter, of which 7 days or 10,000 points a board are kept; the span is widened to whole hours or days, at most 400.';
