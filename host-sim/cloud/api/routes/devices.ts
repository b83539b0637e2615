import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EventsRequest } from '../../domain/device-events.js';
import type { StatusRequest } from '../../domain/devices.js';
import type { PageRequest } from '../../domain/paging.js';
import type { HistoryRequest } from '../../domain/properties.js';
import { type ApiServices, checkUser, requestLanguage } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

const CONTROL_LIMIT_BYTES = 2_048;

interface DeviceParams {
  deviceId: string;
}

/** Whether a query names any of the history's parameters, be it without a value; others are of no concern. */
function asksForHistory(url: string): boolean {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  return Object.keys(SCHEMAS.deviceProperties.querystring.properties).some((key) => query.has(key));
}

/** API reference, 4.2 to 4.6, and what goes beyond it. */
export function deviceRoutes(app: FastifyInstance, services: ApiServices): void {
  const { devices } = services;
  const { onRequest, caller } = checkUser(services);

  app.get<{ Querystring: PageRequest & { productKey?: string; projectId?: string; status?: number; search?: string } }>(
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

  app.post<{ Body: { productKey: string; deviceSN: string; name?: string; projectId?: string } }>(
    '/devices',
    { onRequest, schema: { body: SCHEMAS.registerDevice.body } },
    async (request) =>
      success(devices.register(caller(request), request.body, requestLanguage(request as FastifyRequest))),
  );

  app.put<{ Params: DeviceParams; Body: { name?: string; status?: StatusRequest; projectId?: string } }>(
    '/devices/:deviceId',
    { onRequest, schema: { params: SCHEMAS.updateDevice.params, body: SCHEMAS.updateDevice.body } },
    async (request) => {
      const { deviceId } = request.params;
      return success(
        devices.update(caller(request), deviceId, request.body, requestLanguage(request as FastifyRequest)),
      );
    },
  );

  app.get<{ Params: DeviceParams; Querystring: HistoryRequest }>(
    '/devices/:deviceId/properties',
    {
      onRequest,
      schema: { params: SCHEMAS.deviceProperties.params, querystring: SCHEMAS.deviceProperties.querystring },
    },
    async (request) => {
      const { deviceId } = request.params;
      // Unless the query asks for a history, these are the last values, as the origin's apps read them.
      return success(
        asksForHistory(request.url)
          ? devices.history(caller(request), deviceId, request.query)
          : devices.properties(caller(request), deviceId),
      );
    },
  );

  app.get<{ Params: DeviceParams; Querystring: EventsRequest }>(
    '/devices/:deviceId/events',
    { onRequest, schema: { params: SCHEMAS.deviceEvents.params, querystring: SCHEMAS.deviceEvents.querystring } },
    async (request) => success(devices.events(caller(request), request.params.deviceId, request.query)),
  );
}
