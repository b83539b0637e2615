import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../context.js';

/** `/health` as the origin's apps read it, without envelope, and `/healthz`; over an external broker with whether it is there. */
export function healthRoutes(app: FastifyInstance, { environment, brokerState }: ApiServices): void {
  const health = async () => ({
    status: 'ok',
    service: 'smartlink-cloud',
    ...(brokerState && { broker: brokerState() }),
    time: new Date(environment.now()).toISOString(),
  });
  app.get('/health', health);
  app.get('/healthz', health);
}
