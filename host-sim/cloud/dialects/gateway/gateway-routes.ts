import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../../api/context.js';
import { notFound, toCloudError } from '../../api/failures.js';
import type { AddressLimits } from '../../api/limits.js';
import { prefixOf, serve } from './endpoint.js';
import { sendGatewayFailure } from './envelope.js';
import { MICROSERVICES } from './microservices.js';

const PREFIXES = MICROSERVICES.map(prefixOf).filter((prefix) => prefix !== '');

/** Whether a request's target is a microservice's, even where it is no path that could be served. */
export function isOfGateway(target: string): boolean {
  return PREFIXES.some((prefix) => target.startsWith(`${prefix}/`));
}

/**
 * The API of a gateway of microservices, over the same domain services as SmartLink's: `/api/{microservice}/…`. Whatever
 * is asked of a microservice is answered in its envelope.
 */
export async function gatewayRoutes(app: FastifyInstance, services: ApiServices, limits: AddressLimits): Promise<void> {
  for (const microservice of MICROSERVICES) {
    const prefix = prefixOf(microservice);
    await app.register(
      async (scope) => {
        scope.setErrorHandler((error, _request, reply) => sendGatewayFailure(reply, toCloudError(error, services.log)));
        // Of the root it is SmartLink's to say.
        if (prefix !== '') scope.setNotFoundHandler((request, reply) => sendGatewayFailure(reply, notFound(request)));
        await microservice.prepare?.(scope);
        serve(scope, microservice, services, limits);
      },
      { prefix },
    );
  }
}
