import type { FastifyInstance } from 'fastify';
import { MAX_SERVICE_BYTES } from '../../domain/devices.js';
import { CloudError } from '../../errors.js';
import { type ApiServices, checkUser } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

/** The service that takes a list: of keys (Alink). */
const TAKES_LIST = 'property.get';

/** Extension: services of devices, invoked from afar. The answer is the board's. */
export function serviceRoutes(app: FastifyInstance, services: ApiServices): void {
  const { devices } = services;
  const { onRequest, caller } = checkUser(services);
  const { params, querystring, body } = SCHEMAS.invokeService;
  app.post<{
    Params: { deviceId: string; name: string };
    Querystring: { wait: number };
    Body: object | null;
  }>(
    '/devices/:deviceId/services/:name',
    {
      bodyLimit: MAX_SERVICE_BYTES,
      schema: { params, querystring, body },
      onRequest,
      preValidation: async (request) => {
        // Most services take no parameters: no body at all is fine.
        request.body ??= null;
      },
    },
    async (request) => {
      const { deviceId, name } = request.params;
      if (Array.isArray(request.body) && name !== TAKES_LIST) {
        throw new CloudError('invalid_parameter', 'body must be object,null');
      }
      const { id: _id, ...reply } = (await devices.invoke(
        caller(request),
        deviceId,
        name,
        request.body ?? {},
        request.query.wait,
      ))!;
      return success({ message: 'command_sent', reply });
    },
  );
}
