import { filter, line, nullable, object, PAGE, PAGE_QUERY, PATH_NAME, text } from './schema-parts.js';

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
const CONTROL_MODE = { type: 'string', enum: ['toggle', 'pulse', 'dimmer', 'readonly', 'generic'] };
const PRODUCT_STATUS = { type: 'integer', enum: [0, 1], description: '1 enabled, 0 disabled.' };
const ACTIVATION_MODE = {
  type: 'string',
  enum: ['open', 'signed'],
  description: 'Extension. `signed`: boards prove at activation that they hold their key.',
};
const PRODUCT_SECRET = {
  type: 'string',
  pattern: '^ps_[0-9a-f]{64}$',
  description: 'Extension: told once, by the request that makes activation signed.',
};
const PRODUCT_FIELDS = {
  productId: { type: 'integer' },
  ...PRODUCT_WORDS,
  status: PRODUCT_STATUS,
  activationMode: ACTIVATION_MODE,
};
const PRODUCT_REQUIRED = ['productId', ...Object.keys(PRODUCT_WORDS), 'status'];
export const PRODUCT = object(PRODUCT_FIELDS, PRODUCT_REQUIRED);
const PRODUCT_BODY = {
  productKey: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,32}$' },
  name: text(128),
  description: nullable(text(1024, 0)),
  category: text(64),
  controlMode: CONTROL_MODE,
  uiTemplate: nullable(text(64, 0)),
  iconName: nullable(text(64, 0)),
  iconColor: nullable({ type: 'string', pattern: '^(#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8}))?$' }),
  manufacturer: nullable(text(128, 0)),
  model: nullable(text(128, 0)),
  status: nullable(PRODUCT_STATUS),
  activationMode: nullable(ACTIVATION_MODE),
};
const PRODUCT_PARAMS = object({ productKey: PATH_NAME });

/** A property of a thing model, as its definition has it. */
export const THING_PROPERTY = object(
  {
    identifier: { type: 'string', description: 'Its key in posts and commands.' },
    name: object({ en: { type: 'string' }, zh: { type: 'string' } }),
    type: { type: 'string', enum: ['boolean', 'integer', 'number', 'enum'] },
    unit: { type: 'string' },
    range: {
      ...object({ min: { type: 'number' }, max: { type: 'number' } }),
      description: 'Of an integer or a number, both ends included.',
    },
    step: { type: 'number', description: 'Counted from the lower end of the range.' },
    values: { type: 'array', items: { type: 'string' }, description: 'Of an enum.' },
    writable: {
      type: 'boolean',
      description: 'Whether the board lets it be set; over this API in the control modes `dimmer` and `generic`.',
    },
    source: {
      description: 'What it shows: of an output, by channel, or what an input measures.',
      anyOf: [
        object({
          channel: { type: 'integer' },
          attribute: { type: 'string', enum: ['position', 'angle', 'on', 'level'] },
        }),
        object({ input: { type: 'integer' } }),
      ],
    },
  },
  ['identifier', 'name', 'type', 'writable', 'source'],
);
const THING_MODEL = object({
  productKey: { type: 'string' },
  controlMode: CONTROL_MODE,
  channels: {
    type: 'array',
    items: object({ channel: { type: 'integer' }, type: { type: 'string', enum: ['servo', 'relay', 'dimmer'] } }),
    description: 'The outputs that commands may name.',
  },
  properties: { type: 'array', items: THING_PROPERTY },
});

/** Products and their thing models. */
export const PRODUCT_SCHEMAS = {
  createProduct: {
    body: object(PRODUCT_BODY, ['productKey', 'name', 'category', 'controlMode']),
    data: object(
      {
        productId: { type: 'integer' },
        productKey: { type: 'string' },
        name: { type: 'string' },
        productSecret: PRODUCT_SECRET,
      },
      ['productId', 'productKey', 'name'],
    ),
  },
  listProducts: {
    querystring: object(
      {
        category: filter(text(64)),
        search: filter({
          ...line(128),
          description: 'Extension: part of name, key or category; the case of A to Z does not matter.',
        }),
        ...PAGE_QUERY,
      },
      [],
    ),
    data: object({ list: { type: 'array', items: PRODUCT }, products: { type: 'array', items: PRODUCT }, ...PAGE }),
  },
  getProduct: { params: PRODUCT_PARAMS, data: PRODUCT },
  getThingModel: { params: PRODUCT_PARAMS, data: THING_MODEL },
  updateProduct: {
    params: PRODUCT_PARAMS,
    body: object(PRODUCT_BODY, []),
    data: object({ ...PRODUCT_FIELDS, productSecret: PRODUCT_SECRET }, PRODUCT_REQUIRED),
  },
  deleteProduct: { params: PRODUCT_PARAMS, data: { type: 'null' } },
} as const;
