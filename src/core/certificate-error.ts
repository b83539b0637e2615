/** Why a certificate, or a chain of them, is not trusted. */
export type CertificateCode =
  /** No DER of a certificate, or one that contradicts itself. */
  | 'malformed'
  /** A version, key, algorithm or critical extension that is not known here, or more than is looked at. */
  | 'unsupported'
  | 'wrong_name'
  /** Not meant for servers. */
  | 'not_a_server'
  /** Not allowed to issue certificates. */
  | 'not_a_ca'
  /** More CAs below one than it allows. */
  | 'path_too_long'
  | 'not_yet_valid'
  | 'expired'
  | 'bad_signature'
  /** No way from it to a trust anchor. */
  | 'untrusted';

/** What is wrong with one certificate. The message goes on after its name: "has expired …". */
export class CertificateError extends Error {
  readonly code: CertificateCode;

  constructor(code: CertificateCode, message: string) {
    super(message);
    this.code = code;
  }
}
