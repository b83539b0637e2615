import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { BmpString, OctetString } from 'asn1js';
import {
  Attribute,
  AuthenticatedSafe,
  CertBag,
  Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from 'pkijs';

const KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
const PASSWORD_INTEGRITY = 0;
const PASSWORD_PRIVACY = 1;
/** Of each key that is derived from the password. */
const ITERATIONS = 100_000;

/**
 * A PKCS#12 file (RFC 7292) of a key, its certificate and those above it: AES-256, PBKDF2 and HMAC with SHA-256, which
 * OpenSSL 3 opens without `-legacy`.
 * @param password printable ASCII: programs differ about any other character
 */
export async function makePkcs12(content: {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** The key's own first. */
  readonly certificates: readonly X509Certificate[];
  readonly password: string;
}): Promise<Buffer> {
  const { name, privateKey, certificates, password } = content;
  const secret = Uint8Array.from(Buffer.from(password, 'ascii')).buffer;
  const encryption = {
    password: secret,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 },
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: ITERATIONS,
  };
  const attributes = () => ownAttributes(name, certificates[0]!);

  const key = new PKCS8ShroudedKeyBag({
    parsedValue: PrivateKeyInfo.fromBER(privateKey.export({ type: 'pkcs8', format: 'der' })),
  });
  await key.makeInternalValues(encryption as unknown as Parameters<typeof key.makeInternalValues>[0]);
  const keys = new SafeContents({
    safeBags: [new SafeBag({ bagId: KEY_BAG, bagValue: key, bagAttributes: attributes() })],
  });
  const chain = new SafeContents({
    safeBags: certificates.map(
      ({ raw }, index) =>
        new SafeBag({
          bagId: CERTIFICATE_BAG,
          bagValue: new CertBag({ parsedValue: Certificate.fromBER(raw) }),
          ...(index === 0 && { bagAttributes: attributes() }),
        }),
    ),
  });
  const authenticatedSafe = new AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        { privacyMode: 0, value: keys },
        { privacyMode: PASSWORD_PRIVACY, value: chain },
      ],
    },
  });
  await authenticatedSafe.makeInternalValues({ safeContents: [{}, encryption] });
  const file = new PFX({ parsedValue: { integrityMode: PASSWORD_INTEGRITY, authenticatedSafe } });
  await file.makeInternalValues({
    password: secret,
    iterations: ITERATIONS,
    pbkdf2HashAlgorithm: 'SHA-256',
    hmacHashAlgorithm: 'SHA-256',
  });
  return Buffer.from(file.toSchema().toBER());
}

/** What joins a key with its certificate, and the name that a person sees. */
function ownAttributes(name: string, { raw }: X509Certificate): Attribute[] {
  const id = createHash('sha1').update(raw).digest();
  return [
    new Attribute({ type: FRIENDLY_NAME, values: [new BmpString({ value: name })] }),
    new Attribute({ type: LOCAL_KEY_ID, values: [new OctetString({ valueHex: id })] }),
  ];
}
