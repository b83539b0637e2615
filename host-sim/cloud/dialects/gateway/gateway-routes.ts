import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../../api/context.js';
import { notFound, toCloudError } from '../../api/failures.js';
import type { AddressLimits } from '../../api/limits.js';
import { sendGatewayFailure } from './envelope.js';
import { pkiRoutes } from './pki.js';

type Routes = (service: FastifyInstance, services: ApiServices, limits: AddressLimits) => void;

/** The microservices behind the gateway, by the name that begins their paths. */
const MICROSERVICES: Readonly<Record<string, Routes>> = { midppkic: pkiRoutes };

/** Whether a request's target is a microservice's, even where it is no path that could be served. */
export function isOfGateway(target: string): boolean {
  return Object.keys(MICROSERVICES).some((name) => target.startsWith(`/api/${name}/`));
}

/**
 * The API of a gateway of microservices, over the same domain services as SmartLink's: `/api/{microservice}/…`. Whatever
 * is asked of a microservice is answered in its envelope.
 */
export async function gatewayRoutes(app: FastifyInstance, services: ApiServices, limits: AddressLimits): Promise<void> {
  for (const [name, routes] of Object.entries(MICROSERVICES)) {
    await app.register(
      async (service) => {
        service.setErrorHandler((error, _request, reply) =>
          sendGatewayFailure(reply, toCloudError(error, services.log)),
        );
        service.setNotFoundHandler((request, reply) => sendGatewayFailure(reply, notFound(request)));
        routes(service, services, limits);
      },
      { prefix: `/api/${name}` },
    );
  }
}
