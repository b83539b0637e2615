import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../context.js';

/** `/health` as the origin's apps read it, without envelope, and `/healthz`. */
export function healthRoutes(app: FastifyInstance, { environment }: ApiServices): void {
  const health = async () => ({
    status: 'ok',
    service: 'smartlink-cloud',
    time: new Date(environment.now()).toISOString(),
  });
  app.get('/health', health);
  app.get('/healthz', health);
}
