import { PRODUCT_SCHEMAS } from '../../../api/product-schemas.js';
import { nullable, object } from '../../../api/schema-parts.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { PRODUCT_KEY } from './schemas.js';

const TEXT = { type: 'string' };
const BRIEF = {
  productKey: TEXT,
  name: { ...TEXT, description: 'In the language of the request.' },
  manufacturer: TEXT,
  model: TEXT,
  uiTemplate: TEXT,
  iconName: TEXT,
  iconColor: TEXT,
};
const MODEL = {
  ...BRIEF,
  description: TEXT,
  category: TEXT,
  controlMode: TEXT,
  isEnabled: { type: 'boolean', description: 'Boards of a product that is disabled take no commands.' },
  chipModel: { ...nullable(TEXT), description: 'Null for a product that was made over the API.' },
  firmwareVersion: { ...nullable(TEXT), description: 'That its definition began with; likewise.' },
};
const QUERY = object({ productKey: PRODUCT_KEY });

/** Products, as apps describe them to people. */
export const MODELS: Readonly<Record<string, Endpoint>> = {
  'GET /device/model/v1/detail': endpoint<{ query: { productKey: string } }>({
    id: 'gatewayModel',
    summary: 'A product',
    errors: ['product_not_found'],
    localized: true,
    query: QUERY,
    data: object(MODEL),
    run: ({ services, query, language }) => services.homes.models.get(query.productKey, language),
  }),
  'GET /device/model/v2/detail': endpoint<{ query: { productKey: string } }>({
    id: 'gatewayModelV2',
    summary: 'A product with its thing model',
    description: 'A product that was made over the API has none: null.',
    errors: ['product_not_found'],
    localized: true,
    query: QUERY,
    data: object({ ...MODEL, thingModel: { anyOf: [PRODUCT_SCHEMAS.getThingModel.data, { type: 'null' }] } }),
    run: ({ services: { homes }, query: { productKey }, language }) => ({
      ...homes.models.get(productKey, language),
      thingModel: homes.models.thingModel(productKey),
    }),
  }),
  'GET /device/model/v1/category': endpoint<{ query: ListQuery }>({
    id: 'gatewayModelCategories',
    summary: 'The categories of products, and what is in them',
    description: 'Of each at most 100 products.',
    errors: [],
    localized: true,
    query: object(LIST_QUERY, []),
    data: listOf(
      object({
        category: TEXT,
        productCount: { type: 'integer' },
        products: { type: 'array', items: object(BRIEF) },
      }),
    ),
    run: ({ services, query, language }) =>
      toList(services.homes.models.categories(pageRequest(query), language), (category) => category),
  }),
  'GET /device/manual/v1/getManual': endpoint<{ query: { productKey: string } }>({
    id: 'gatewayManual',
    summary: 'The manual of a product',
    description:
      'Made of its definition, in the language of the request: what it is, how it is set up, what it can be told, its inputs, what it reports and how its LED flashes. Of a product that was made over the API only what is known.',
    errors: ['product_not_found'],
    localized: true,
    query: QUERY,
    data: object({
      productKey: TEXT,
      name: TEXT,
      language: { type: 'string', enum: ['zh', 'en'] },
      sections: { type: 'array', items: object({ title: TEXT, text: TEXT }) },
    }),
    run: ({ services, query, language }) => services.homes.manuals.get(query.productKey, language),
  }),
};
