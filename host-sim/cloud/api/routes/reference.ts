import type { FastifyInstance, RouteOptions } from 'fastify';
import { DOCS_POLICY, renderDocs } from '../docs-page.js';
import { EXAMPLES } from '../examples.js';
import { createOpenApi, type ObjectSchema, type RegisteredRoute } from '../openapi.js';
import { OPERATIONS, schemasOf } from '../operations.js';

/** Notes each route that is registered from now on. */
export function collectRoutes(app: FastifyInstance): RegisteredRoute[] {
  const routes: RegisteredRoute[] = [];
  app.addHook('onRoute', (route: RouteOptions & { path: string }) => {
    for (const method of [route.method].flat()) {
      if (method === 'HEAD' || method === 'OPTIONS') continue;
      const { body, querystring, params } = (route.schema ?? {}) as Record<string, unknown>;
      routes.push({
        method,
        path: route.url,
        body: body as object | undefined,
        querystring: querystring as ObjectSchema | undefined,
        params: params as ObjectSchema | undefined,
      });
    }
  });
  return routes;
}

/** `/openapi.json` and `/docs`, made of what was registered before and of the dialects, at the first request. */
export function referenceRoutes(app: FastifyInstance, collected: readonly RegisteredRoute[]): void {
  const routes = [...collected, ...dialectRoutes()];
  let document: ReturnType<typeof createOpenApi> | undefined;
  let page: string | undefined;
  const openApi = () => {
    document ??= createOpenApi(routes, EXAMPLES);
    return document;
  };

  app.get('/openapi.json', async () => openApi());

  app.get('/docs', async (_request, reply) => {
    page ??= renderDocs(openApi());
    return reply
      .type('text/html; charset=utf-8')
      .headers({
        'content-security-policy': DOCS_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      .send(page);
  });
}

/** Routes of the dialects, which register theirs by the very schemas that stand in the reference. */
function dialectRoutes(): RegisteredRoute[] {
  return Object.entries(OPERATIONS)
    .filter(([, { dialect }]) => dialect !== undefined)
    .map(([route, operation]) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, path, ...(schemasOf(operation) as Omit<RegisteredRoute, 'method' | 'path'>) };
    });
}
