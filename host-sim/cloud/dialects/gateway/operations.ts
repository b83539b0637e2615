import type { Operation } from '../../api/operation.js';

/** Every documented route of the gateway by method and path. */
export const GATEWAY_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /api/midppkic/cert/app/v1/pfx': {
    id: 'gatewayIssuePfx',
    tag: 'Gateway',
    summary: 'Issue a client certificate for an app',
    description: 'As `POST /api/v1/certificates` does without a device.',
    auth: 'token',
    errors: ['not_found', 'forbidden', 'too_many_requests'],
    dialect: 'gateway',
  },
  'POST /api/midppkic/cert/app/revoke': {
    id: 'gatewayRevoke',
    tag: 'Gateway',
    summary: 'Revoke a client certificate, by its serial number',
    description: 'As `DELETE /api/v1/certificates/:serialNumber` does.',
    auth: 'token',
    errors: ['not_found'],
    dialect: 'gateway',
  },
  'GET /api/midppkic/cert/app/v2/now/utc-time': {
    id: 'gatewayUtcTime',
    tag: 'Gateway',
    summary: 'The time of the cloud, by which certificates hold',
    auth: 'none',
    errors: [],
    dialect: 'gateway',
  },
};
