/** Why a TLS connection is ended, by the name of the alert that says so to the server (RFC 5246, 7.2). */
export type TlsCode =
  | keyof typeof TLS_ALERTS
  /** The server has said no. */
  | 'peer_alert';

/** Numbers of the alerts. */
export const TLS_ALERTS = Object.freeze({
  unexpected_message: 10,
  record_overflow: 22,
  handshake_failure: 40,
  bad_certificate: 42,
  illegal_parameter: 47,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  unsupported_extension: 110,
} as const);

/** The server does not do as it should. The message is a sentence for a person. */
export class TlsError extends Error {
  readonly code: TlsCode;

  constructor(code: TlsCode, message: string) {
    super(message);
    this.code = code;
  }
}
