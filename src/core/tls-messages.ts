import { MAX_CERTIFICATE_BYTES } from './certificate.js';
import { MAX_CERTIFICATES } from './certificate-chain.js';
import type { Crypto } from './crypto.js';
import { isP256Point } from './p256.js';
import type { PublicKey } from './public-key.js';
import { isEcdsaSignature, isRsaSignature } from './signature.js';
import { TlsError } from './tls-error.js';

/** Types of handshake messages (RFC 5246, 7.4). */
export const Message = Object.freeze({
  clientHello: 1,
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
} as const);

export interface ServerHello {
  readonly random: Uint8Array;
  /** The kind of key that its certificate must have. */
  readonly keyKind: PublicKey['kind'];
  /** Plaintext bytes of a record at most, where it has agreed to that (RFC 6066, 4). */
  readonly maxFragment: number | undefined;
}

export const TLS_1_2 = 0x0303;
export const RANDOM_BYTES = 32;
const ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02b;
const ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xc02f;

/** Extensions that a server may answer with. */
const SERVER_NAME = 0;
const MAX_FRAGMENT_LENGTH = 1;
const EC_POINT_FORMATS = 11;
const RENEGOTIATION_INFO = 0xff01;

const NAMED_CURVE = 3;
const SECP256R1 = 23;
const SHA256 = 4;
const RSA = 1;
const ECDSA = 3;

/** ServerHello (RFC 5246, 7.4.1.3). @param maxFragment what was asked for, bytes. @throws {TlsError} */
export function readServerHello(body: Uint8Array, maxFragment: number): ServerHello {
  const reader = new Reader(body, 'ServerHello');
  if (reader.number(2) !== TLS_1_2) throw new TlsError('protocol_version', 'The server does not speak TLS 1.2.');
  const random = reader.bytes(RANDOM_BYTES);
  if (reader.vector(1).length > 32) throw new TlsError('decode_error', 'The session id of ServerHello is too long.');
  const suite = reader.number(2);
  if (suite !== ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 && suite !== ECDHE_RSA_WITH_AES_128_GCM_SHA256) {
    throw new TlsError('illegal_parameter', `The server chose cipher suite ${suite}, which was not offered.`);
  }
  if (reader.number(1) !== 0) throw new TlsError('illegal_parameter', 'The server chose a compression.');
  return {
    random,
    keyKind: suite === ECDHE_RSA_WITH_AES_128_GCM_SHA256 ? 'rsa' : 'ec',
    maxFragment: readExtensions(reader, maxFragment) ? maxFragment : undefined,
  };
}

/** Reads the rest of ServerHello; returns whether the server agrees to `maxFragment`. */
function readExtensions(reader: Reader, maxFragment: number): boolean {
  const list = new Reader(reader.more ? reader.vector(2) : new Uint8Array(0), 'ServerHello');
  reader.end();
  let isAgreed = false;
  let isSafe = false;
  const seen: number[] = [];
  while (list.more) {
    const type = list.number(2);
    const value = list.vector(2);
    let isRight: boolean;
    if (type === SERVER_NAME) isRight = value.length === 0;
    else if (type === EC_POINT_FORMATS) isRight = value[0] === value.length - 1 && value.includes(0, 1);
    else if (type === RENEGOTIATION_INFO) isRight = isSafe = value.length === 1 && value[0] === 0;
    // 2 to the power of 9 is 1, to that of 12 is 4.
    else if (type === MAX_FRAGMENT_LENGTH)
      isRight = isAgreed = value.length === 1 && 2 ** (value[0]! + 8) === maxFragment;
    else throw new TlsError('unsupported_extension', `The server uses extension ${type}, which was not offered.`);
    if (!isRight) throw new TlsError('illegal_parameter', `Extension ${type} of ServerHello has a wrong value.`);
    if (seen.includes(type)) throw new TlsError('decode_error', `ServerHello has extension ${type} twice.`);
    seen.push(type);
  }
  if (!isSafe) {
    throw new TlsError(
      'handshake_failure',
      'The server does not renegotiate safely (RFC 5746): others may speak first.',
    );
  }
  return isAgreed;
}

/** Certificate (RFC 5246, 7.4.2): DER of each, views. @throws {TlsError} */
export function readCertificates(body: Uint8Array): Uint8Array[] {
  const reader = new Reader(body, 'Certificate');
  const list = new Reader(reader.vector(3), 'Certificate');
  reader.end();
  const chain: Uint8Array[] = [];
  while (list.more) {
    const der = list.vector(3);
    if (chain.length === MAX_CERTIFICATES || der.length > MAX_CERTIFICATE_BYTES) {
      throw new TlsError(
        'bad_certificate',
        `The server sent over ${MAX_CERTIFICATES} certificates, or one of over ${MAX_CERTIFICATE_BYTES} bytes.`,
      );
    }
    chain.push(der);
  }
  if (chain.length === 0) throw new TlsError('bad_certificate', 'The server sent no certificate.');
  return chain;
}

/**
 * Checks ServerKeyExchange (RFC 8422, 5.4): a point of P-256, signed by `key`.
 * @param randoms the client's and the server's, 64 bytes
 * @throws {TlsError}
 */
export function checkServerKeyExchange(crypto: Crypto, key: PublicKey, randoms: Uint8Array, body: Uint8Array): void {
  const reader = new Reader(body, 'ServerKeyExchange');
  if (reader.number(1) !== NAMED_CURVE || reader.number(2) !== SECP256R1 || !isP256Point(reader.vector(1))) {
    throw new TlsError('illegal_parameter', 'The key in ServerKeyExchange is no point of P-256.');
  }
  const params = body.subarray(0, reader.offset);
  const hash = reader.number(1);
  const algorithm = reader.number(1);
  const signature = reader.vector(2);
  reader.end();
  if (hash !== SHA256 || algorithm !== (key.kind === 'rsa' ? RSA : ECDSA)) {
    throw new TlsError('illegal_parameter', 'ServerKeyExchange is signed in a way that was not offered.');
  }
  const message = new Uint8Array(randoms.length + params.length);
  message.set(randoms);
  message.set(params, randoms.length);
  const isSigned =
    key.kind === 'rsa'
      ? isRsaSignature(crypto, key, message, signature)
      : isEcdsaSignature(crypto, key, message, signature);
  if (!isSigned) {
    throw new TlsError('decrypt_error', "ServerKeyExchange is not signed by the key of the server's certificate.");
  }
}

/** Checks the form of CertificateRequest (RFC 5246, 7.4.4). @throws {TlsError} */
export function checkCertificateRequest(body: Uint8Array): void {
  const reader = new Reader(body, 'CertificateRequest');
  const types = reader.vector(1);
  const algorithms = reader.vector(2);
  const names = new Reader(reader.vector(2), 'CertificateRequest');
  reader.end();
  while (names.more) names.vector(2);
  if (types.length === 0 || algorithms.length === 0 || algorithms.length % 2 !== 0) {
    throw new TlsError('decode_error', 'CertificateRequest is malformed.');
  }
}

/** Reads numbers and vectors (RFC 5246, 4); throws `decode_error` where they end too soon. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  offset = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  get more(): boolean {
    return this.offset < this.#bytes.length;
  }

  /** The next bytes: a view. */
  bytes(count: number): Uint8Array {
    if (count > this.#bytes.length - this.offset) throw this.#malformed();
    this.offset += count;
    return this.#bytes.subarray(this.offset - count, this.offset);
  }

  /** A number of 1 to 3 bytes. */
  number(size: number): number {
    let value = 0;
    for (const byte of this.bytes(size)) value = value * 256 + byte;
    return value;
  }

  /** What follows its length of 1 to 3 bytes: a view. */
  vector(size: number): Uint8Array {
    return this.bytes(this.number(size));
  }

  /** There must be nothing left. */
  end(): void {
    if (this.more) throw this.#malformed();
  }

  #malformed(): TlsError {
    return new TlsError('decode_error', `${this.#name} is malformed.`);
  }
}
