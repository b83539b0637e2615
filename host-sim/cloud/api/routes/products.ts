import type { FastifyInstance } from 'fastify';
import type { PageRequest } from '../../domain/paging.js';
import type { ProductRequest } from '../../domain/products.js';
import { type ApiServices, checkUser } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

interface ProductParams {
  productKey: string;
}

/** API reference, 3; the thing model is an extension. */
export function productRoutes(app: FastifyInstance, services: ApiServices): void {
  const { products } = services;
  const { onRequest } = checkUser(services);

  app.post<{ Body: ProductRequest & { productKey: string } }>(
    '/products',
    { onRequest, schema: { body: SCHEMAS.createProduct.body } },
    async (request) => success(products.create(request.body)),
  );

  app.get<{ Querystring: PageRequest & { category?: string; search?: string } }>(
    '/products',
    { onRequest, schema: { querystring: SCHEMAS.listProducts.querystring } },
    async (request) => {
      const page = products.list(request.query);
      // One of the origin's apps reads the list under this key.
      return success({ ...page, products: page.list });
    },
  );

  app.get<{ Params: ProductParams }>(
    '/products/:productKey',
    { onRequest, schema: { params: SCHEMAS.getProduct.params } },
    async (request) => success(products.get(request.params.productKey)),
  );

  app.get<{ Params: ProductParams }>(
    '/products/:productKey/thing-model',
    { onRequest, schema: { params: SCHEMAS.getThingModel.params } },
    async (request) => success(products.thingModel(request.params.productKey)),
  );

  app.put<{ Params: ProductParams; Body: ProductRequest }>(
    '/products/:productKey',
    { onRequest, schema: { params: SCHEMAS.updateProduct.params, body: SCHEMAS.updateProduct.body } },
    async (request) => success(products.update(request.params.productKey, request.body)),
  );

  app.delete<{ Params: ProductParams }>(
    '/products/:productKey',
    { onRequest, schema: { params: SCHEMAS.deleteProduct.params } },
    async (request) => {
      products.delete(request.params.productKey);
      return success(null);
    },
  );
}
