import { AES, ECDHE_RSA, GCM, SHA256 } from 'ssl/constants';

/** AES-128-GCM with an ephemeral key of P-256; the SDK has one name for it, whoever signs. */
const ecdheAesGcm = Object.freeze({
  isExportable: false,
  keyExchangeAlgorithm: ECDHE_RSA,
  cipherAlgorithm: AES,
  cipherKeySize: 16,
  cipherBlockSize: 16,
  hashAlgorithm: SHA256,
  hashSize: 32,
  encryptionMode: GCM,
  ivSize: 8,
  saltSize: 4,
});

/** Stands in for the SDK's module of this name, which offers RSA key exchange, finite fields and CBC as well. */
export default Object.freeze([
  // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
  Object.freeze({ ...ecdheAesGcm, value: Object.freeze([0xc0, 0x2b]) }),
  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  Object.freeze({ ...ecdheAesGcm, value: Object.freeze([0xc0, 0x2f]) }),
  // TLS_EMPTY_RENEGOTIATION_INFO_SCSV: asks for safe renegotiation (RFC 5746, 3.3), and is never chosen.
  Object.freeze({ value: Object.freeze([0x00, 0xff]) }),
]);
