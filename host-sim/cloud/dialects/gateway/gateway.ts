import { checkUser } from '../../api/context.js';
import type { Dialect } from '../../api/lazy-dialect.js';
import { serve } from '../endpoint.js';
import { gatewaySuccess, sendGatewayFailure } from './envelope.js';
import { prefixOf } from './microservice.js';
import { MICROSERVICES } from './microservices.js';

const PREFIXES = MICROSERVICES.map(prefixOf).filter((prefix) => prefix !== '');
const AT_ROOT = MICROSERVICES.filter(({ name }) => name === '').flatMap(({ endpoints }) =>
  Object.keys(endpoints).map((route) => route.split(' ')[1]!),
);

/**
 * The API of a gateway of microservices, over the same domain services as SmartLink's: `/api/{microservice}/…`, and some
 * paths at the root.
 */
export const GATEWAY: Dialect = {
  serves: (path) =>
    AT_ROOT.includes(path.replace(/\/$/, '')) || PREFIXES.some((prefix) => path.startsWith(`${prefix}/`)),
  sendFailure: sendGatewayFailure,
  register: async (app, services, limits) => {
    const skin = { ...checkUser(services), success: gatewaySuccess };
    for (const microservice of MICROSERVICES) {
      await app.register(
        async (scope) => {
          await microservice.prepare?.(scope);
          serve(scope, microservice.endpoints, services, limits, skin);
        },
        { prefix: prefixOf(microservice) },
      );
    }
  },
};
