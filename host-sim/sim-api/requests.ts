/** A finger that nobody takes off comes off by itself after this, ms. */
export const LONGEST_PRESS_MS = 60_000;
/** Entries of the wire in one answer. */
const MOST_ENTRIES = 500;

const YES_OR_NO = { type: 'boolean' } as const;

/** Fields of an object, and no others. */
function fields<P extends object>(properties: P, required: readonly (keyof P & string)[] = []) {
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

export const NOTHING = fields({});

export const BOARD_NAME = fields({ serial: { type: 'string', description: 'Serial number of a simulated board.' } }, [
  'serial',
]);

export const INPUT_NAME = fields(
  {
    ...BOARD_NAME.properties,
    input: { type: 'integer', minimum: 0, description: 'Its place in the product’s `inputs`.' },
  },
  ['serial', 'input'],
);

/** `SimBoardChange` */
export const BOARD_CHANGE = {
  ...fields({
    powered: YES_OR_NO,
    wifi: YES_OR_NO,
    broker: YES_OR_NO,
    latencyMs: { type: 'integer', minimum: 0, maximum: 10_000 },
    lossPercent: { type: 'number', minimum: 0, maximum: 100 },
    rssi: { type: 'number', minimum: -100, maximum: -20 },
  }),
  minProperties: 1,
} as const;

/** `SimInputChange`, by what the input is. */
export const INPUT_CHANGES = {
  button: fields(
    {
      pressed: YES_OR_NO,
      forMs: {
        type: 'integer',
        minimum: 1,
        maximum: LONGEST_PRESS_MS,
        description: 'A finger that goes on it comes off after this, by default after a minute.',
      },
    },
    ['pressed'],
  ),
  digital: fields({ closed: YES_OR_NO }, ['closed']),
  analog: fields({ level: { type: 'number', minimum: 0, maximum: 1 } }, ['level']),
} as const;

export const STREAM_QUERY = fields({
  wire: { type: 'string', enum: ['0', '1'], description: '1: with the entries of the wire.' },
});

export const WIRE_QUERY = fields({
  serial: { type: 'string', description: 'Of this board alone.' },
  after: { type: 'integer', minimum: 0, default: 0, description: 'What came after this `seq`.' },
  limit: { type: 'integer', minimum: 1, maximum: MOST_ENTRIES, default: 100 },
});

export const RECORDING_QUERY = fields({
  serial: { type: 'string', description: 'Of this board alone; by default of all.' },
});
