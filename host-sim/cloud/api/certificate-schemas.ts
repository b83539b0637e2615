import { nullable, object, PAGE, PAGE_QUERY, PATH_NAME, text, time } from './schema-parts.js';

const SERIAL_NUMBER = { type: 'string', pattern: '^[0-9A-F]{1,40}$', description: 'Hex digits.' };

/** As OpenSSL asks for four characters at least; programs differ about any that is not printable ASCII. */
export const PFX_PASSWORD = {
  ...nullable({ type: 'string', minLength: 4, maxLength: 128, pattern: '^[ -~]+$' }),
  description: 'Of the file, printable ASCII; made by the server where it is left out.',
};
export const PFX = {
  type: 'string',
  contentEncoding: 'base64',
  description: 'PKCS #12 file, told here and never again.',
};

const CERTIFICATE_FIELDS = {
  serialNumber: SERIAL_NUMBER,
  kind: { type: 'string', enum: ['app', 'board'] },
  deviceId: { ...nullable({ type: 'string' }), description: 'The board whose it is, which alone it serves.' },
  userId: { ...nullable({ type: 'integer' }), description: 'Who had it issued; null: a command.' },
  status: { type: 'string', enum: ['valid', 'expired', 'revoked'] },
  issuedAt: time,
  notAfter: time,
  revokedAt: nullable(time),
};
export const CERTIFICATE = object(CERTIFICATE_FIELDS);

/** Client certificates: extensions. */
export const CERTIFICATE_SCHEMAS = {
  issueCertificate: {
    body: {
      ...object(
        {
          password: PFX_PASSWORD,
          deviceId: {
            ...nullable(text(64)),
            description: 'The board that it is for; left out: for an app of the user.',
          },
        },
        [],
      ),
      type: ['object', 'null'],
    },
    data: object({
      ...CERTIFICATE_FIELDS,
      pfx: PFX,
      password: { type: 'string', description: 'Told here and never again.' },
    }),
  },
  listCertificates: {
    querystring: object(PAGE_QUERY, []),
    data: object({ list: { type: 'array', items: CERTIFICATE }, ...PAGE }),
  },
  revokeCertificate: { params: object({ serialNumber: PATH_NAME }), data: { type: 'null' } },
} as const;
