import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { CampaignDevicesRequest, CampaignRequest } from '../../domain/campaigns.js';
import { MAX_PACKAGE_BYTES, tooLarge } from '../../domain/package-upload.js';
import type { PageRequest } from '../../domain/paging.js';
import { type ApiServices, checkUser } from '../context.js';
import { success } from '../envelope.js';
import { piecesOf } from '../pieces.js';
import { SCHEMAS } from '../schemas.js';

interface PackageParams {
  packageId: string;
}

interface CampaignParams {
  campaignId: string;
}

/** Firmware packages and campaigns: extensions. */
export async function otaRoutes(app: FastifyInstance, services: ApiServices): Promise<void> {
  const { packages, campaigns } = services;
  const { onRequest, caller } = checkUser(services);

  await app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    // Whatever it is called: the header of a package says what it is.
    uploads.addContentTypeParser('*', (_request, body, done) => done(null, body));

    uploads.post<{ Body: Readable | undefined }>('/ota/packages', { onRequest }, async (request) => {
      if (Number(request.headers['content-length']) > MAX_PACKAGE_BYTES) throw tooLarge();
      const upload = packages.begin(caller(request));
      try {
        for await (const piece of piecesOf(request.body)) upload.write(piece);
        return success(upload.finish());
      } finally {
        upload.close();
      }
    });
  });

  app.get<{ Querystring: PageRequest & { productKey?: string } }>(
    '/ota/packages',
    { onRequest, schema: { querystring: SCHEMAS.listPackages.querystring } },
    async (request) => success(packages.list(request.query)),
  );

  app.get<{ Params: PackageParams }>(
    '/ota/packages/:packageId',
    { onRequest, schema: { params: SCHEMAS.getPackage.params } },
    async (request) => success(packages.get(request.params.packageId)),
  );

  app.delete<{ Params: PackageParams }>(
    '/ota/packages/:packageId',
    { onRequest, schema: { params: SCHEMAS.deletePackage.params } },
    async (request) => {
      packages.delete(request.params.packageId);
      return success(null);
    },
  );

  app.post<{ Body: CampaignRequest }>(
    '/ota/campaigns',
    { onRequest, schema: { body: SCHEMAS.createCampaign.body } },
    async (request) => success(campaigns.create(caller(request), request.body)),
  );

  app.get<{ Querystring: PageRequest }>(
    '/ota/campaigns',
    { onRequest, schema: { querystring: SCHEMAS.listCampaigns.querystring } },
    async (request) => success(campaigns.list(caller(request), request.query)),
  );

  app.get<{ Params: CampaignParams }>(
    '/ota/campaigns/:campaignId',
    { onRequest, schema: { params: SCHEMAS.getCampaign.params } },
    async (request) => success(campaigns.get(caller(request), request.params.campaignId)),
  );

  for (const deed of ['pause', 'resume', 'abort', 'retry'] as const) {
    app.post<{ Params: CampaignParams }>(
      `/ota/campaigns/:campaignId/${deed}`,
      { onRequest, schema: { params: SCHEMAS.getCampaign.params } },
      async (request) => success(campaigns[deed](caller(request), request.params.campaignId)),
    );
  }

  app.get<{ Params: CampaignParams; Querystring: CampaignDevicesRequest }>(
    '/ota/campaigns/:campaignId/devices',
    {
      onRequest,
      schema: { params: SCHEMAS.campaignDevices.params, querystring: SCHEMAS.campaignDevices.querystring },
    },
    async (request) => success(campaigns.devices(caller(request), request.params.campaignId, request.query)),
  );

  app.get<{ Params: { deviceId: string }; Querystring: PageRequest }>(
    '/devices/:deviceId/updates',
    { onRequest, schema: { params: SCHEMAS.deviceUpdates.params, querystring: SCHEMAS.deviceUpdates.querystring } },
    async (request) => success(campaigns.history(caller(request), request.params.deviceId, request.query)),
  );
}
