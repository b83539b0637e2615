import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { SocialProvider } from '../../../host-sim/cloud/domain/accounts/social-providers.js';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** What an ID token says, where it is to say something else than usual. */
export interface IdClaims {
  readonly subject?: string;
  readonly issuer?: string;
  readonly audience?: string | string[];
  /** Seconds since 1970; null: it never expires. */
  readonly expires?: number | null;
  readonly [claim: string]: unknown;
}

/** Somebody else's identity provider, with a key of its own. */
export class FakeProvider {
  readonly provider: SocialProvider;
  readonly #key: PrivateKey;
  readonly #algorithm: string;

  private constructor(provider: SocialProvider, key: PrivateKey, algorithm: string) {
    this.provider = provider;
    this.#key = key;
    this.#algorithm = algorithm;
  }

  static async create(name = 'example', algorithm = 'ES256'): Promise<FakeProvider> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm);
    const key = { ...(await exportJWK(publicKey)), kid: `${name}-1`, alg: algorithm };
    const issuer = `https://${name}.example`;
    return new FakeProvider({ name, issuer, audience: 'smartlink-app', jwks: { keys: [key] } }, privateKey, algorithm);
  }

  /** @param now ms since 1970 */
  idToken(now: number, claims: IdClaims = {}): Promise<string> {
    const { name, issuer: own, audience: app } = this.provider;
    const { subject = 'anna', issuer = own, audience = app, expires = now / 1_000 + 300, ...others } = claims;
    const token = new SignJWT(others)
      .setProtectedHeader({ alg: this.#algorithm, kid: `${name}-1` })
      .setSubject(subject)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(Math.floor(now / 1_000));
    if (expires !== null) token.setExpirationTime(Math.floor(expires));
    return token.sign(this.#key);
  }
}
