import { PFX, PFX_PASSWORD } from '../../../api/certificate-schemas.js';
import { object, time } from '../../../api/schema-parts.js';
import { endpoint } from '../../endpoint.js';
import type { Microservice } from '../microservice.js';

/** Client certificates of apps, and the time by which they hold. */
export const MIDPPKIC: Microservice = {
  name: 'midppkic',
  title: 'PKI',
  endpoints: {
    'POST /cert/app/v1/pfx': endpoint<{ body: { password?: string } }>({
      id: 'gatewayIssuePfx',
      summary: 'Issue a client certificate for an app',
      description: 'As `POST /api/v1/certificates` does without a device.',
      auth: 'token',
      limit: 'certificates',
      errors: ['not_found', 'forbidden', 'too_many_requests'],
      body: { ...object({ password: PFX_PASSWORD }, []), type: ['object', 'null'] },
      data: object({
        pfx: PFX,
        password: { type: 'string', description: 'Told here and never again.' },
        serialNumber: { type: 'string', pattern: '^[0-9A-F]{1,40}$', description: 'Hex digits.' },
        notAfter: time,
      }),
      run: async ({ services, user, body }) => {
        const issued = await services.certificates.issue(user, { password: body.password });
        const { pfx, password, serialNumber, notAfter } = issued;
        return { pfx, password, serialNumber, notAfter };
      },
    }),
    'POST /cert/app/revoke': endpoint<{ body: { serialNumber: string } }>({
      id: 'gatewayRevoke',
      summary: 'Revoke a client certificate, by its serial number',
      description: 'As `DELETE /api/v1/certificates/:serialNumber` does.',
      auth: 'token',
      errors: ['not_found'],
      // No largest length: what was never issued is not found.
      body: object({ serialNumber: { type: 'string', minLength: 1 } }),
      data: { type: 'null' },
      run: ({ services, user, body }) => {
        services.certificates.revoke(user, body.serialNumber);
        return null;
      },
    }),
    'GET /cert/app/v2/now/utc-time': endpoint({
      id: 'gatewayUtcTime',
      summary: 'The time of the cloud, by which certificates hold',
      auth: 'none',
      errors: [],
      data: object({ utcTime: time, timestamp: { type: 'integer', description: 'The same, ms since 1970.' } }),
      run: ({ services }) => {
        const timestamp = services.environment.now();
        return { utcTime: new Date(timestamp).toISOString(), timestamp };
      },
    }),
  },
};
