import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { PrivateFiles } from '../../data-directory.js';
import { CloudStartError } from '../../errors.js';

/** In the data directory: the private key, PKCS #8 in PEM. */
const END_USER_KEY_FILE = 'end-user.key';
const MODULUS_BITS = 2_048;

/** The public half, as a JSON Web Key (RFC 7517, 4; RFC 7518, 6.3.1). */
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
}

export interface SigningKey {
  readonly private: KeyObject;
  readonly public: KeyObject;
  readonly jwk: PublicJwk;
}

/** The RSA key of end users' tokens. It takes a while to make one: that is done when one is first needed, beside the event loop. */
export class SigningKeyKeeper {
  readonly #directory: PrivateFiles | undefined;
  #known: SigningKey | undefined;
  #making: Promise<SigningKey> | undefined;

  constructor(directory: PrivateFiles | undefined) {
    this.#directory = directory;
  }

  /** The key if there is one: where there is none, it has signed nothing. @throws CloudStartError `data_dir_corrupt` */
  get existing(): SigningKey | undefined {
    this.#known ??= readKept(this.#directory);
    return this.#known;
  }

  /** The key, made if need be. @throws CloudStartError `data_dir_corrupt`, `data_dir_unwritable` */
  async get(): Promise<SigningKey> {
    if (this.existing) return this.existing;
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(): Promise<SigningKey> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    // Another process may have been faster.
    const isFirst = this.#directory?.writeFirst(END_USER_KEY_FILE, pem) ?? true;
    this.#known = isFirst ? signingKey(privateKey) : readKept(this.#directory)!;
    return this.#known;
  }
}

function readKept(directory: PrivateFiles | undefined): SigningKey | undefined {
  const pem = directory?.read(END_USER_KEY_FILE);
  if (pem === undefined) return undefined;
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return signingKey(key);
  } catch {
    // The sentence is the same.
  }
  const file = directory!.file(END_USER_KEY_FILE);
  throw new CloudStartError(
    'data_dir_corrupt',
    `${file} is not an RSA key; delete it to get a new one (all logins of end users end).`,
    { file },
  );
}

function signingKey(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  // Its thumbprint (RFC 7638): the required members in the order of their names.
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return { private: privateKey, public: publicKey, jwk: { kty: 'RSA', n, e, kid, alg: 'RS256', use: 'sig' } };
}
