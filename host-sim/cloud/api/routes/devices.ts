import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PageRequest } from '../../domain/paging.js';
import type { UserView } from '../../domain/users.js';
import { type ApiServices, requestLanguage, requestUser } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

const CONTROL_LIMIT_BYTES = 2_048;

interface DeviceParams {
  deviceId: string;
}

/** API reference, 4.2 to 4.6. */
export function deviceRoutes(app: FastifyInstance, { users, devices }: ApiServices): void {
  // Checked before the body is read; kept per request without touching Fastify's own request object.
  const callers = new WeakMap<FastifyRequest, UserView>();
  const onRequest = async (request: FastifyRequest) => {
    callers.set(request, await requestUser(request, users));
  };
  const caller = (request: unknown) => callers.get(request as FastifyRequest)!;

  app.get<{ Querystring: PageRequest & { productKey?: string; status?: number } }>(
    '/devices',
    { onRequest, schema: { querystring: SCHEMAS.listDevices.querystring } },
    async (request) =>
      success(
        devices.list(caller(request), { ...request.query, language: requestLanguage(request as FastifyRequest) }),
      ),
  );

  app.get<{ Params: DeviceParams }>(
    '/devices/:deviceId',
    { onRequest, schema: { params: SCHEMAS.getDevice.params } },
    async (request) =>
      success(devices.get(caller(request), request.params.deviceId, requestLanguage(request as FastifyRequest))),
  );

  app.get<{ Params: DeviceParams }>(
    '/devices/:deviceId/status',
    { onRequest, schema: { params: SCHEMAS.deviceStatus.params } },
    async (request) =>
      success(devices.status(caller(request), request.params.deviceId, requestLanguage(request as FastifyRequest))),
  );

  app.post<{ Params: DeviceParams; Querystring: { wait?: number }; Body: Record<string, unknown> }>(
    '/devices/:deviceId/control',
    {
      onRequest,
      bodyLimit: CONTROL_LIMIT_BYTES,
      schema: { params: SCHEMAS.control.params, querystring: SCHEMAS.control.querystring, body: SCHEMAS.control.body },
    },
    async (request) => {
      const reply = await devices.control(caller(request), request.params.deviceId, request.body, request.query.wait);
      if (!reply) return success({ message: 'command_sent' });
      const { id: _id, ...answer } = reply;
      return success({ message: 'command_sent', reply: answer });
    },
  );

  app.delete<{ Params: DeviceParams }>(
    '/devices/:deviceId',
    { onRequest, schema: { params: SCHEMAS.deleteDevice.params } },
    async (request) => {
      devices.delete(caller(request), request.params.deviceId);
      return success(null);
    },
  );
}
