/** JSON Schemas of every route: what validates a request, and what its answer's `data` looks like. */
export interface RouteSchemas {
  readonly body?: object;
  readonly querystring?: object;
  readonly params?: object;
  /** Of `data` in an answer of 200. */
  readonly data: object;
}

const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength });
const nullable = (schema: { type: string }) => ({ ...schema, type: [schema.type, 'null'] });
const time = { type: 'string', format: 'date-time' };
const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

const USER_NAME = { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f]+$' };
const EMAIL = { type: 'string', maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' };
const USER = object({
  userId: { type: 'integer' },
  username: { type: 'string' },
  email: nullable({ type: 'string' }),
  name: nullable({ type: 'string' }),
});
const TOKENS = { token: { type: 'string' }, refreshToken: { type: 'string' }, expiresIn: { type: 'integer' } };

const PAGE_QUERY = {
  page: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 1 },
  size: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 20, description: 'At most 100 are answered.' },
};
const PAGE = { total: { type: 'integer' }, page: { type: 'integer' }, size: { type: 'integer' } };

const PRODUCT_WORDS = Object.fromEntries(
  [
    'productKey',
    'name',
    'description',
    'category',
    'controlMode',
    'uiTemplate',
    'iconName',
    'iconColor',
    'manufacturer',
    'model',
  ].map((key) => [key, { type: 'string' }]),
);
const PRODUCT = object({ productId: { type: 'integer' }, ...PRODUCT_WORDS, status: { type: 'integer', enum: [0, 1] } });

/** What the activation announces beyond the reference. */
const EXTENSION_TOPICS = [
  'propertySetReply',
  'propertyPostReply',
  'propertyGet',
  'serviceInvoke',
  'eventPost',
  'logPost',
  'ntpRequest',
  'ntpResponse',
];

const STATUS_WORD = { type: 'string', enum: ['inactive', 'online', 'offline', 'disabled'] };
const DEVICE = object({
  deviceId: { type: 'string' },
  deviceSN: { type: 'string' },
  productKey: { type: 'string' },
  projectId: { type: 'string' },
  name: { type: 'string' },
  status: STATUS_WORD,
  statusText: { type: 'string' },
  firmwareVersion: { type: 'string' },
  chipModel: { type: 'string' },
  lastOnlineAt: nullable(time),
  activatedAt: nullable(time),
  createdAt: time,
  product: object({
    productId: { type: 'integer' },
    productKey: { type: 'string' },
    name: { type: 'string' },
    uiTemplate: { type: 'string' },
    iconName: { type: 'string' },
    iconColor: { type: 'string' },
  }),
});
const DEVICE_PARAMS = object({ deviceId: text(128) });

export const SCHEMAS = {
  register: {
    body: object({ username: USER_NAME, email: EMAIL, name: nullable(text(128, 0)), password: text(128, 6) }, [
      'password',
    ]),
    data: USER,
  },
  login: {
    // No smallest length: a wrong password is a wrong password.
    body: object({ username: USER_NAME, email: { ...USER_NAME }, password: text(1024, 0) }, ['password']),
    data: object({ user: USER, ...TOKENS }),
  },
  refreshToken: { body: object({ refreshToken: text(256) }), data: object(TOKENS) },
  me: { data: USER },
  listProducts: {
    querystring: object({ category: text(64), ...PAGE_QUERY }, []),
    data: object({ list: { type: 'array', items: PRODUCT }, products: { type: 'array', items: PRODUCT }, ...PAGE }),
  },
  getProduct: { params: object({ productKey: text(128) }), data: PRODUCT },
  activate: {
    body: object(
      {
        // Any text that names no product is answered with `invalid_product_key`.
        productKey: text(256, 0),
        deviceSN: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
        firmwareVersion: text(64, 0),
        chipModel: text(64, 0),
      },
      ['productKey', 'deviceSN'],
    ),
    data: object({
      deviceId: { type: 'string', pattern: '^dev_[0-9a-f]{8}$' },
      deviceSecret: { type: 'string', pattern: '^sk_' },
      mqtt: object({
        server: { type: 'string' },
        port: { type: 'integer' },
        portTLS: { type: 'integer' },
        username: { type: 'string' },
        password: { type: 'string', pattern: '^tk_' },
        clientId: { type: 'string' },
        keepAlive: { type: 'integer' },
      }),
      topics: object({
        propertyPost: { type: 'string' },
        propertySet: { type: 'string' },
        status: { type: 'string' },
        ...Object.fromEntries(EXTENSION_TOPICS.map((name) => [name, { type: 'string' }])),
      }),
      extensions: object({ reconnectSpread: { type: 'integer' } }),
    }),
  },
  listDevices: {
    querystring: object(
      { productKey: text(256), status: { type: 'integer', minimum: 0, maximum: 3 }, ...PAGE_QUERY },
      [],
    ),
    data: object({ list: { type: 'array', items: DEVICE }, ...PAGE }),
  },
  getDevice: { params: DEVICE_PARAMS, data: DEVICE },
  deviceStatus: {
    params: DEVICE_PARAMS,
    data: object({
      deviceId: { type: 'string' },
      deviceName: { type: 'string' },
      online: { type: 'boolean' },
      position: {},
      status: STATUS_WORD,
      statusText: { type: 'string' },
      lastOnlineAt: nullable(time),
      properties: { type: 'object', additionalProperties: object({ value: {}, reportedAt: time }) },
    }),
  },
  control: {
    params: DEVICE_PARAMS,
    querystring: object(
      { wait: { type: 'integer', minimum: 1, maximum: 60_000, description: 'Wait for the answer of the board, ms.' } },
      [],
    ),
    // Which fields a product takes is decided by its control mode and thing model, in the domain.
    body: { type: 'object' },
    data: object(
      {
        message: { type: 'string', const: 'command_sent' },
        reply: object({ code: { type: 'integer' }, message: { type: 'string' }, data: { type: 'object' } }, ['code']),
      },
      ['message'],
    ),
  },
  invokeService: {
    params: object({ deviceId: text(128), name: text(64) }),
    querystring: object(
      {
        wait: {
          type: 'integer',
          minimum: 1,
          maximum: 60_000,
          default: 10_000,
          description: 'Wait for the answer of the board, ms.',
        },
      },
      [],
    ),
    // The parameters of the service: none for most.
    body: { type: ['object', 'null'] },
    data: object({
      message: { type: 'string', const: 'command_sent' },
      reply: object({ code: { type: 'integer' }, message: { type: 'string' }, data: { type: 'object' } }, ['code']),
    }),
  },
  deleteDevice: { params: DEVICE_PARAMS, data: { type: 'null' } },
} as const satisfies Record<string, RouteSchemas>;
