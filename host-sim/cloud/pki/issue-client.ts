import type { CertificateRequest, IssuedCertificate } from '../domain/certificates.js';
import type { CloudEnvironment } from '../environment.js';
import { type Authority, endOf } from './authority.js';
import { certifyClient } from './client-certificates.js';
import { makePkcs12 } from './pkcs12.js';

/** 96 random bits. */
const PASSWORD_BYTES = 12;

/** Certifies a client and packs its certificate, its key and the authority's certificate for it. */
export async function issueClient(
  authority: Authority,
  environment: CloudEnvironment,
  { kind, name, password = environment.randomBytes(PASSWORD_BYTES).toString('base64url') }: CertificateRequest,
): Promise<IssuedCertificate> {
  const { privateKey, certificate } = await certifyClient(authority, environment, { kind, name });
  const certificates = [certificate, authority.certificate];
  const pfx = await makePkcs12({ name, privateKey, certificates, password });
  const { fingerprint256: issuer } = authority.certificate;
  return { serialNumber: certificate.serialNumber, issuer, notAfter: endOf(certificate), pfx, password };
}
