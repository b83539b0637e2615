import { ENVIRONMENT_NAMES } from '../../../src/core/environment.js';
import { CERTIFICATE, CERTIFICATE_SCHEMAS } from './certificate-schemas.js';
import { HOOK_SCHEMAS } from './hook-schemas.js';
import { OPERATOR_SCHEMAS } from './operator-schemas.js';
import { CAMPAIGN, CAMPAIGN_DEVICE, DEVICE_UPDATE, OTA_SCHEMAS, PACKAGE } from './ota-schemas.js';
import { PRODUCT, PRODUCT_SCHEMAS, THING_PROPERTY } from './product-schemas.js';
import { MEMBER, PROJECT, PROJECT_SCHEMAS } from './project-schemas.js';
import { filter, line, nullable, object, PAGE, PAGE_QUERY, PATH_NAME, text, time, USER_NAME } from './schema-parts.js';

/** JSON Schemas of every route: what validates a request, and what its answer's `data` looks like. */
export interface RouteSchemas {
  readonly body?: object;
  readonly querystring?: object;
  readonly params?: object;
  /** Of `data` in an answer of 200. */
  readonly data: object;
}

/** Forms send what was not filled in as empty text. */
const EMAIL = nullable({ type: 'string', maxLength: 254, pattern: '^([^\\s@]+@[^\\s@]+)?$' });
const LOGIN_NAME = nullable({ ...USER_NAME, minLength: 0, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });
const USER = object(
  {
    userId: { type: 'integer' },
    username: { type: 'string' },
    email: nullable({ type: 'string' }),
    name: { type: 'string', description: 'Extension, where he gave one.' },
  },
  ['userId', 'username', 'email'],
);
const TOKENS = { token: { type: 'string' }, refreshToken: { type: 'string' }, expiresIn: { type: 'integer' } };

const API_KEY = object({
  keyId: { type: 'string', pattern: '^ak_' },
  description: { type: 'string' },
  createdAt: time,
});

/** What the activation announces beyond the reference. */
const EXTENSION_TOPICS = [
  'propertySetReply',
  'propertyPostReply',
  'propertyGet',
  'serviceInvoke',
  'eventPost',
  'logPost',
  'otaInform',
  'otaUpgrade',
  'otaProgress',
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
const DEVICE_PARAMS = object({ deviceId: PATH_NAME });
const DEVICE_SN = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };
const PROPERTY_VALUE = object({ value: {}, reportedAt: time });
const PROPERTY_VALUES = { type: 'object', additionalProperties: PROPERTY_VALUE };
const RANGE_QUERY = {
  from: filter({ ...text(40), description: 'From this time on: ISO 8601, or milliseconds since 1970.' }),
  to: filter({ ...text(40), description: 'Before this time.' }),
};
const SERVICE_TABLE = object({
  api: { type: 'string' },
  mqtt: { type: 'string', description: 'The port that wants a client certificate, where there is one.' },
  sso: { type: 'string' },
  file: { type: 'string' },
});

/** Schemas that stand under a name in the OpenAPI document. */
export const NAMED_SCHEMAS: Readonly<Record<string, object>> = {
  User: USER,
  ApiKey: API_KEY,
  Product: PRODUCT,
  ThingProperty: THING_PROPERTY,
  Project: PROJECT,
  Member: MEMBER,
  Device: DEVICE,
  PropertyValue: PROPERTY_VALUE,
  Certificate: CERTIFICATE,
  Package: PACKAGE,
  Campaign: CAMPAIGN,
  CampaignDevice: CAMPAIGN_DEVICE,
  DeviceUpdate: DEVICE_UPDATE,
};

export const SCHEMAS = {
  register: {
    body: object({ username: LOGIN_NAME, email: EMAIL, name: nullable(text(128, 0)), password: text(128, 6) }, [
      'password',
    ]),
    data: USER,
  },
  login: {
    // No smallest length: a wrong password is a wrong password.
    body: object({ username: LOGIN_NAME, email: { ...LOGIN_NAME }, password: text(1024, 0) }, ['password']),
    data: object({ user: USER, ...TOKENS }),
  },
  loginByCode: {
    // No largest length: what was never made is wrong.
    body: object({ code: { type: 'string', minLength: 1 } }),
    data: object({ user: USER, ...TOKENS }),
  },
  // No largest length: what was never issued is `unauthorized`.
  refreshToken: { body: object({ refreshToken: { type: 'string', minLength: 1 } }), data: object(TOKENS) },
  logout: { data: { type: 'null' } },
  me: { data: USER },
  createApiKey: {
    body: object(
      { description: text(256, 0), name: { ...text(256, 0), description: 'The same, by another name.' } },
      [],
    ),
    data: object({
      keyId: { type: 'string', pattern: '^ak_' },
      apiKey: { type: 'string', pattern: '^sk_' },
      apiSecret: { type: 'string', description: 'Told here and never again.' },
      description: { type: 'string' },
    }),
  },
  listApiKeys: {
    querystring: object(PAGE_QUERY, []),
    data: object({ list: { type: 'array', items: API_KEY }, ...PAGE }),
  },
  deleteApiKey: { params: object({ keyId: PATH_NAME }), data: { type: 'null' } },
  ...PRODUCT_SCHEMAS,
  ...PROJECT_SCHEMAS,
  ...CERTIFICATE_SCHEMAS,
  ...OTA_SCHEMAS,
  ...OPERATOR_SCHEMAS,
  activate: {
    body: object(
      {
        // Any text that names no product is answered with `invalid_product_key`.
        productKey: text(256, 0),
        deviceSN: DEVICE_SN,
        firmwareVersion: nullable(text(64, 0)),
        chipModel: nullable(text(64, 0)),
        random: {
          ...nullable(text(64, 0)),
          description: 'Extension, signed activation: 16 hex digits of a counter that rises, then 16 random ones.',
        },
        sign: {
          ...nullable(text(128, 0)),
          description: 'Extension: hex HMAC-SHA256 of the request with the board key.',
        },
        bindToken: {
          ...nullable(text(128, 0)),
          description: 'Extension: puts the board into the project of the token.',
        },
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
      extensions: object(
        {
          reconnectSpread: { type: 'integer', description: 'Seconds over which a fleet spreads its first reconnect.' },
          subscribeQos: {
            type: 'integer',
            enum: [0, 1],
            description: 'At which the board subscribes; 1 where it is absent.',
          },
          mqttPortMTLS: {
            type: 'integer',
            description: 'MQTT over TLS for who shows a client certificate, to boards that have one.',
          },
        },
        ['reconnectSpread'],
      ),
    }),
  },
  listDevices: {
    querystring: object(
      {
        productKey: filter(text(256)),
        projectId: filter(text(128)),
        status: filter({ type: 'integer', minimum: 0, maximum: 3 }),
        search: filter({
          ...line(128),
          description: 'Extension: part of name, serial number or id; the case of A to Z does not matter.',
        }),
        ...PAGE_QUERY,
      },
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
      properties: PROPERTY_VALUES,
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
    params: object({ deviceId: PATH_NAME, name: text(64) }),
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
    // The parameters of the service: none for most, a list of keys for property.get.
    body: { type: ['object', 'array', 'null'], items: text(64) },
    data: object({
      message: { type: 'string', const: 'command_sent' },
      reply: object({ code: { type: 'integer' }, message: { type: 'string' }, data: { type: 'object' } }, ['code']),
    }),
  },
  deleteDevice: { params: DEVICE_PARAMS, data: { type: 'null' } },
  registerDevice: {
    body: object(
      { productKey: text(256, 0), deviceSN: DEVICE_SN, name: nullable(text(128)), projectId: nullable(text(128)) },
      ['productKey', 'deviceSN'],
    ),
    data: DEVICE,
  },
  updateDevice: {
    params: DEVICE_PARAMS,
    body: object(
      {
        name: nullable(text(128)),
        status: {
          enum: [0, 1, 2, 3, 'inactive', 'online', 'offline', 'disabled'],
          description: '3 or `disabled` disables; any other enables, and which one it is then the cloud knows.',
        },
        projectId: nullable(text(128)),
      },
      [],
    ),
    data: DEVICE,
  },
  deviceProperties: {
    params: DEVICE_PARAMS,
    querystring: object(
      {
        key: filter(text(64)),
        ...RANGE_QUERY,
        page: PAGE_QUERY.page,
        size: { ...PAGE_QUERY.size, default: 100, description: 'At most 1,000 are answered.' },
      },
      [],
    ),
    data: {
      description: 'Without these parameters the last value of each property; with any the history, newest first.',
      anyOf: [
        object({
          list: { type: 'array', items: object({ key: { type: 'string' }, value: {}, reportedAt: time }) },
          ...PAGE,
        }),
        PROPERTY_VALUES,
      ],
    },
  },
  deviceEvents: {
    params: DEVICE_PARAMS,
    querystring: object({ name: filter(text(64)), ...RANGE_QUERY, ...PAGE_QUERY }, []),
    data: object({
      list: {
        type: 'array',
        items: object({ name: { type: 'string' }, params: {}, reportedAt: time, receivedAt: time }),
      },
      ...PAGE,
    }),
  },
  ...HOOK_SCHEMAS,
  environment: {
    data: object(
      {
        environment: { type: 'string', enum: ENVIRONMENT_NAMES },
        urls: {
          ...object(
            Object.fromEntries(
              ['api', 'https', 'mqtt', 'mqtts', 'mtls', 'ws', 'wss', 'ca', 'panel'].map((name) => [
                name,
                { type: 'string' },
              ]),
            ),
            ['api', 'mqtt'],
          ),
          additionalProperties: { type: 'string' },
          description: 'What is not served is left out. Beside these what else this caller is served on the same port.',
        },
        environments: {
          ...object(Object.fromEntries(ENVIRONMENT_NAMES.map((name) => [name, SERVICE_TABLE]))),
          description: 'Where apps find the services of each environment: a dev cloud serves all of them itself.',
        },
        userDomain: { type: 'string', description: 'Under which name apps of end users ask this cloud.' },
        caFingerprint: { type: 'string', description: 'SHA-256 of the certificate of the CA, hex digits with colons.' },
      },
      ['environment', 'urls', 'environments', 'userDomain'],
    ),
  },
  health: {
    data: object(
      {
        status: { type: 'string', const: 'ok' },
        service: { type: 'string' },
        broker: {
          enum: ['connected', 'away'],
          description: 'Over an external MQTT broker alone: whether it is there.',
        },
        time,
      },
      ['status', 'service', 'time'],
    ),
  },
} as const satisfies Record<string, RouteSchemas>;
