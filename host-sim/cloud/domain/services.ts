import { type Accounts, createAccounts } from './accounts/accounts.js';
import type { SocialProvider } from './accounts/social-providers.js';
import { type Core, type CoreOptions, createCore } from './core.js';
import type { DomainModule } from './module.js';

export interface ServicesOptions extends CoreOptions {
  /** Whose ID tokens log users in; none by default. */
  socialProviders?: readonly SocialProvider[] | undefined;
}

/** The domain of one cloud, which its skins (API, broker, dialects) share. */
export interface CloudServices extends Core {
  readonly accounts: Accounts;
  /** Those that have a life of their own. */
  readonly modules: readonly DomainModule[];
}

/** Wires the domain over one open database. */
export function createServices(options: ServicesOptions): CloudServices {
  const core = createCore(options);
  const accounts = createAccounts(core, options.socialProviders ?? []);
  return { ...core, accounts, modules: [] };
}
