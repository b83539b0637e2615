import { PFX, PFX_PASSWORD } from '../../api/certificate-schemas.js';
import { object, time } from '../../api/schema-parts.js';

/** JSON Schemas of the gateway's routes, as `SCHEMAS` has those of SmartLink's. */
export const GATEWAY_SCHEMAS = {
  gatewayIssuePfx: {
    body: { ...object({ password: PFX_PASSWORD }, []), type: ['object', 'null'] },
    data: object({
      pfx: PFX,
      password: { type: 'string', description: 'Told here and never again.' },
      serialNumber: { type: 'string', pattern: '^[0-9A-F]{1,40}$', description: 'Hex digits.' },
      notAfter: time,
    }),
  },
  // No largest length: what was never issued is not found.
  gatewayRevoke: { body: object({ serialNumber: { type: 'string', minLength: 1 } }), data: { type: 'null' } },
  gatewayUtcTime: {
    data: object({ utcTime: time, timestamp: { type: 'integer', description: 'The same, ms since 1970.' } }),
  },
} as const;
