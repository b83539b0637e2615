import { nullable, object, PATH_NAME, text, time } from '../../api/schema-parts.js';
import type { ErrorWord } from '../../errors.js';

/** What the schemas of commands, and of what runs by the clock, are made of. */

/** Whose length no id has names nothing, as any other that is unknown. */
export const ID = { ...PATH_NAME, maxLength: 64 };
export const NAME = { ...text(64), pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$' };
export const TIME_OF_DAY = {
  type: 'string',
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
  description: '`HH:MM`, by the clock that `utcOffset` says.',
};
export const DAYS = {
  type: 'array',
  items: { type: 'integer', minimum: 1, maximum: 7 },
  minItems: 1,
  maxItems: 7,
  uniqueItems: true,
  description: '1 Monday to 7 Sunday.',
};
export const UTC_OFFSET = {
  type: 'integer',
  minimum: -720,
  maximum: 840,
  description: 'Minutes ahead of UTC (480 in China, negative in America), the same all year.',
};
const PRICE_LIMIT = 1_000_000;
export const PRICE = { type: 'number', minimum: -PRICE_LIMIT, maximum: PRICE_LIMIT, description: 'Of a kWh.' };
export const PRICE_PERIOD = object({
  from: TIME_OF_DAY,
  to: {
    type: 'string',
    pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
    description: '`HH:MM`, up to `24:00`; not later than `from`: past midnight.',
  },
  price: PRICE,
});
export const CURRENCY = { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217.' };
/** Checked by the domain, as the body of a control request is. */
export const PARAMS = {
  type: 'object',
  description: 'As the body of `POST /api/v1/devices/:deviceId/control`: at most 2 KiB.',
};
export const WAIT = {
  type: 'integer',
  minimum: 1,
  maximum: 10_000,
  description: 'Wait so long for the answer of a board, ms. Without it nobody waits.',
};
/** Null where nobody waited. */
export const REPLY = {
  ...object({ code: { type: 'integer' }, message: { type: 'string' }, data: { type: 'object' } }, ['code']),
  type: ['object', 'null'],
};
export const RESULT = { type: 'string', description: '`sent`, or the word of an error.' };
export const DETAIL = nullable({ type: 'string' });
export const NEXT_RUN = { ...nullable(time), description: 'Null: it does not run by itself.' };
const BOARD_RESULT = object({ deviceId: { type: 'string' }, result: RESULT, detail: DETAIL });
export const LAST_RUN = {
  ...object({ at: time, results: { type: 'array', items: BOARD_RESULT } }),
  type: ['object', 'null'],
  description: 'Null: it has not run.',
};

/** Of whatever checks a command for a board. */
export const CONTROL_ERRORS: readonly ErrorWord[] = [
  'device_not_found',
  'device_not_activated',
  'device_disabled',
  'product_disabled',
  'no_control_params',
  'control_not_supported',
];
