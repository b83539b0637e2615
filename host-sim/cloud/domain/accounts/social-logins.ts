import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { IdentityRow, SocialStore } from '../../store/social-store.js';
import type { UserStore } from '../../store/user-store.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { TokenPair, UserService, UserView } from '../users.js';
import { readIdToken, type SocialProvider } from './social-providers.js';

/** An identity that logs a user in. */
export interface IdentityView {
  readonly provider: string;
  /** Who he is to the provider. */
  readonly subject: string;
  readonly boundAt: string;
}

/** Logins by the ID tokens of identity providers; which there are is said by who runs the cloud. */
export class SocialLogins {
  readonly #providers: ReadonlyMap<string, SocialProvider>;
  readonly #store: SocialStore;
  readonly #userStore: UserStore;
  readonly #users: UserService;
  readonly #environment: CloudEnvironment;

  constructor(options: {
    providers: readonly SocialProvider[];
    store: SocialStore;
    userStore: UserStore;
    users: UserService;
    environment: CloudEnvironment;
  }) {
    this.#providers = new Map(options.providers.map((provider) => [provider.name, provider]));
    this.#store = options.store;
    this.#userStore = options.userStore;
    this.#users = options.users;
    this.#environment = options.environment;
  }

  /** Whether there is any provider. */
  get isOffered(): boolean {
    return this.#providers.size > 0;
  }

  /**
   * Lets an identity log a user in. Binding it again changes nothing.
   * @throws CloudError `invalid_parameter`: no such provider, or not a token of it; `user_exists`: the identity is somebody
   *   else's, or the user has another one there; `unauthorized`: the account was closed
   */
  async bind(userId: number, name: string, idToken: string): Promise<IdentityView> {
    const { name: provider, issuer } = this.#provider(name);
    const subject = await this.#subject(name, idToken);
    if (subject === undefined) {
      throw new CloudError('invalid_parameter', `idToken is not a valid ID token of ${provider} for this cloud`);
    }
    const known = this.#store.find(issuer, subject) ?? this.#store.ofUser(userId, provider);
    const isThis = known?.user_id === userId && known.subject === subject && known.issuer === issuer;
    if (known && !isThis) {
      const whose =
        known.user_id === userId
          ? 'this account has another identity there'
          : 'this identity is bound to another account';
      throw new CloudError('user_exists', `${whose}: unbind that first`);
    }
    if (known) return identityView(known);
    // Meanwhile, while the token was read: nobody could unbind it any more.
    if (this.#userStore.byId(userId)!.closed_at !== null)
      throw new CloudError('unauthorized', 'the account was closed');
    const row = { issuer, subject, user_id: userId, provider, bound_at: this.#environment.now() };
    this.#store.insert(row);
    return identityView(row);
  }

  /** At most one for each provider. */
  list(userId: number, request: PageRequest): Page<IdentityView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list(userId, limit, offset);
    return { list: rows.map(identityView), total, page: request.page, size: limit };
  }

  /** @throws CloudError `not_found`: nothing is bound there; `invalid_parameter`: no such provider */
  unbind(userId: number, provider: string): void {
    // One that the cloud believes no longer may be unbound still.
    if (this.#store.delete(userId, provider)) return;
    this.#provider(provider);
    throw new CloudError('not_found', `no identity of ${provider} is bound to this account`);
  }

  /**
   * Opens a login of whose identity it is.
   * @throws CloudError `unauthorized`: not a token of the provider, or of nobody here; `invalid_parameter`: no such provider
   */
  async login(name: string, idToken: string): Promise<TokenPair & { readonly user: UserView }> {
    const { issuer } = this.#provider(name);
    const subject = await this.#subject(name, idToken);
    const identity = subject === undefined ? undefined : this.#store.find(issuer, subject);
    const user = identity && this.#userStore.byId(identity.user_id);
    if (!user)
      throw new CloudError('unauthorized', 'the ID token is not valid, or its identity is bound to no account');
    return this.#users.logInAs(user);
  }

  #provider(name: string): SocialProvider {
    const provider = this.#providers.get(name);
    if (provider) return provider;
    const names = [...this.#providers.keys()].join(', ') || 'none';
    throw new CloudError('invalid_parameter', `provider must be one that this cloud is configured with: ${names}`);
  }

  #subject(name: string, idToken: string): Promise<string | undefined> {
    return readIdToken(this.#provider(name), idToken, this.#environment.now());
  }
}

function identityView({ provider, subject, bound_at }: IdentityRow): IdentityView {
  return { provider, subject, boundAt: new Date(bound_at).toISOString() };
}
