import { createHash, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { BitString, Integer, OctetString, Sequence, Set as SetOf, Utf8String } from 'asn1js';
import {
  AlgorithmIdentifier,
  AltName,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
  TimeType,
} from 'pkijs';
import { addressBytes } from './address-bytes.js';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const ORGANIZATIONAL_UNIT = '2.5.4.11';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** ecdsa-with-SHA256 (RFC 5758, 3.2). */
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const DNS_NAME = 2;
const IP_ADDRESS = 7;
/** From this year on a date has four digits (RFC 5280, 4.1.2.5). */
const FIRST_LONG_YEAR = 2050;

/** What a certificate is for. */
export type CertificateUse =
  /** @property pathLength how many further authorities may stand below it */
  | { readonly kind: 'authority'; readonly pathLength: number }
  /** @property names host names and IP addresses, at least one */
  | { readonly kind: 'server'; readonly names: readonly string[] }
  | { readonly kind: 'client' };

/** Whom a certificate names. */
export interface Subject {
  /** 1 to 64 characters */
  readonly commonName: string;
  readonly unit?: string;
}

export interface CertificateRequest {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly use: CertificateUse;
  /** ms since 1970; a certificate has whole seconds */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 16 bytes */
  readonly serial: Buffer;
}

/** Who signs: the P-256 key of `certificate`, or of the very certificate that is made. */
export interface Issuer {
  readonly certificate: X509Certificate | undefined;
  readonly privateKey: KeyObject;
}

/** Makes and signs an X.509 v3 certificate with the extensions that RFC 5280, 4.2 asks for. */
export function makeCertificate(request: CertificateRequest, issuer: Issuer): X509Certificate {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: positive(request.serial) });
  certificate.notBefore = time(request.notBefore);
  certificate.notAfter = time(request.notAfter);
  certificate.subject = subjectName(request.subject);
  certificate.subjectPublicKeyInfo = PublicKeyInfo.fromBER(request.publicKey.export({ type: 'spki', format: 'der' }));
  const parent = issuer.certificate === undefined ? certificate : Certificate.fromBER(issuer.certificate.raw);
  certificate.issuer = parent.subject;
  certificate.extensions = [
    ...extensionsFor(request.use),
    extension('2.5.29.14', false, new OctetString({ valueHex: keyIdentifier(certificate) })),
    extension(
      '2.5.29.35',
      false,
      new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: keyIdentifier(parent) }) }).toSchema(),
    ),
  ];
  certificate.signature = certificate.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: ECDSA_SHA256 });
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER());
  // By Node itself: what pkijs would ask for it answers from another thread.
  certificate.signatureValue = new BitString({ valueHex: sign('sha256', certificate.tbsView, issuer.privateKey) });
  return new X509Certificate(Buffer.from(certificate.toSchema(true).toBER()));
}

function extensionsFor(use: CertificateUse): Extension[] {
  switch (use.kind) {
    case 'authority':
      return [
        basicConstraints({ cA: true, pathLenConstraint: use.pathLength }),
        // keyCertSign and cRLSign
        keyUsage(0x06, 1),
      ];
    case 'server':
      return [...leafExtensions(SERVER_AUTH), extension('2.5.29.17', false, alternativeNames(use.names))];
    case 'client':
      return leafExtensions(CLIENT_AUTH);
  }
}

function leafExtensions(purpose: string): Extension[] {
  return [
    basicConstraints({ cA: false }),
    // digitalSignature
    keyUsage(0x80, 7),
    extension('2.5.29.37', false, new ExtKeyUsage({ keyPurposes: [purpose] }).toSchema()),
  ];
}

function basicConstraints(constraints: { cA: boolean; pathLenConstraint?: number }): Extension {
  return extension('2.5.29.19', true, new BasicConstraints(constraints).toSchema());
}

function keyUsage(bits: number, unusedBits: number): Extension {
  return extension('2.5.29.15', true, new BitString({ valueHex: Uint8Array.of(bits), unusedBits }));
}

function extension(extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}

function alternativeNames(names: readonly string[]): { toBER(): ArrayBuffer } {
  const altNames = names.map((name) =>
    isIP(name) === 0
      ? new GeneralName({ type: DNS_NAME, value: name })
      : new GeneralName({ type: IP_ADDRESS, value: new OctetString({ valueHex: addressBytes(name) }) }),
  );
  return new AltName({ altNames }).toSchema();
}

function subjectName({ commonName, unit }: Subject): RelativeDistinguishedNames {
  const parts = [
    [ORGANIZATION, 'SmartLink'],
    ...(unit === undefined ? [] : [[ORGANIZATIONAL_UNIT, unit]]),
    [COMMON_NAME, commonName],
  ] as const;
  // Each a set of its own, where pkijs would make one set of them all.
  const sets = parts.map(([type, value]) => {
    const attribute = new AttributeTypeAndValue({ type: type!, value: new Utf8String({ value: value! }) });
    return new SetOf({ value: [attribute.toSchema()] });
  });
  return RelativeDistinguishedNames.fromBER(new Sequence({ value: sets }).toBER());
}

/** RFC 5280, 4.2.1.2, method 1. */
function keyIdentifier({ subjectPublicKeyInfo }: Certificate): Uint8Array {
  return createHash('sha1').update(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView).digest();
}

/** A serial number is positive and has no zeros in front (RFC 5280, 4.1.2.2). */
function positive(serial: Buffer): Uint8Array {
  const bytes = Uint8Array.from(serial);
  bytes[0] = 0x40 | (bytes[0]! & 0x3f);
  return bytes;
}

function time(ms: number): Time {
  const value = new Date(Math.floor(ms / 1000) * 1000);
  const long = value.getUTCFullYear() >= FIRST_LONG_YEAR;
  return new Time({ type: long ? TimeType.GeneralizedTime : TimeType.UTCTime, value });
}
