const TEXT = { type: 'string' } as const;
const YES_OR_NO = { type: 'boolean' } as const;
const NUMBER = { type: 'number' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const list = (items: object) => ({ type: 'array', items });
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] });

/** All of these fields and no others, but for those that may be absent. */
function all(properties: Readonly<Record<string, object>>, absent: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !absent.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const HEADERS = list({ type: 'array', items: TEXT, minItems: 2, maxItems: 2 });
const COMMON = { seq: COUNT, at: NUMBER, serial: TEXT, bytes: COUNT, raw: TEXT };

/** The types of `messages.ts`, by the names that they have in the document. */
export const NAMED_SCHEMAS = {
  SimServoView: all({ type: { const: 'servo' }, angleDeg: NUMBER, attached: YES_OR_NO, stalled: YES_OR_NO }),
  SimRelayView: all({ type: { const: 'relay' }, on: YES_OR_NO }),
  SimLampView: all({ type: { const: 'dimmer' }, level: NUMBER }),
  SimButtonView: all({ type: { const: 'button' }, pressed: YES_OR_NO }),
  SimContactView: all({ type: { const: 'digital' }, closed: YES_OR_NO }),
  SimSourceView: all({ type: { const: 'analog' }, level: NUMBER }),
  SimLinkView: all({ wifi: YES_OR_NO, broker: YES_OR_NO, latencyMs: NUMBER, lossPercent: NUMBER, rssi: NUMBER }),
  SimLedView: all({ on: YES_OR_NO, cycle: list(NUMBER) }),
  SimBoardView: all({
    serial: TEXT,
    productKey: TEXT,
    deviceId: orNull(TEXT),
    powered: YES_OR_NO,
    state: TEXT,
    firmwareVersion: orNull(TEXT),
    rssi: orNull(NUMBER),
    led: { oneOf: [ref('SimLedView'), { type: 'null' }] },
    outputs: list({ oneOf: ['SimServoView', 'SimRelayView', 'SimLampView'].map(ref) }),
    inputs: list({ oneOf: ['SimButtonView', 'SimContactView', 'SimSourceView'].map(ref) }),
    link: ref('SimLinkView'),
  }),
  SimWireEntry: {
    oneOf: [
      all({
        ...COMMON,
        kind: { const: 'life' },
        name: TEXT,
        level: { enum: ['debug', 'info', 'warn', 'error'] },
        data: { type: 'object' },
      }),
      all(
        {
          ...COMMON,
          kind: { const: 'mqtt' },
          direction: { enum: ['out', 'in'] },
          packet: TEXT,
          fields: { type: 'object' },
          topic: TEXT,
          payload: TEXT,
        },
        ['topic', 'payload'],
      ),
      all({
        ...COMMON,
        kind: { const: 'http' },
        method: TEXT,
        url: TEXT,
        requestHeaders: HEADERS,
        requestBody: TEXT,
        status: orNull(NUMBER),
        responseHeaders: HEADERS,
        responseBody: TEXT,
        responseBytes: COUNT,
        durationMs: NUMBER,
      }),
    ],
  },
  SimStreamLine: {
    oneOf: [
      all({ type: { const: 'boards' }, boards: list(ref('SimBoardView')) }),
      all({ type: { const: 'board' }, board: ref('SimBoardView') }),
      all({ type: { const: 'wire' }, entry: ref('SimWireEntry') }),
      all({ type: { const: 'missed' }, entries: COUNT }),
      all({ type: { const: 'tick' }, at: NUMBER }),
    ],
  },
  SimOverview: all({ boards: COUNT, newest: COUNT, paths: list(TEXT) }),
  SimWirePage: all({ entries: list(ref('SimWireEntry')), newest: COUNT }),
} as const;

export const BOARD = ref('SimBoardView');
export const BOARDS = list(BOARD);
export const STREAM_LINE = ref('SimStreamLine');
export const OVERVIEW = ref('SimOverview');
export const WIRE_PAGE = ref('SimWirePage');
