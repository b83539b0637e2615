import type { FastifyInstance } from 'fastify';
import type { PageRequest } from '../../domain/paging.js';
import { type ApiServices, requestUser } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

/** API reference, 3. */
export function productRoutes(app: FastifyInstance, { users, products }: ApiServices): void {
  const onRequest = async (request: Parameters<typeof requestUser>[0]) => {
    await requestUser(request, users);
  };

  app.get<{ Querystring: PageRequest & { category?: string } }>(
    '/products',
    { onRequest, schema: { querystring: SCHEMAS.listProducts.querystring } },
    async (request) => {
      const page = products.list(request.query);
      // One of the origin's apps reads the list under this key.
      return success({ ...page, products: page.list });
    },
  );

  app.get<{ Params: { productKey: string } }>(
    '/products/:productKey',
    { onRequest, schema: { params: SCHEMAS.getProduct.params } },
    async (request) => success(products.get(request.params.productKey)),
  );
}
