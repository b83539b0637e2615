import { SocialStore } from '../../store/social-store.js';
import type { Core } from '../core.js';
import { AccountService } from './account-service.js';
import { AddressTickets } from './address-tickets.js';
import { PasswordReset } from './password-reset.js';
import { SignInCodes } from './sign-in-codes.js';
import { SocialLogins } from './social-logins.js';
import type { SocialProvider } from './social-providers.js';
import { VerificationCodes } from './verification-codes.js';

/** What belongs to a person's account beside his login. */
export interface Accounts {
  readonly codes: VerificationCodes;
  readonly own: AccountService;
  readonly passwordReset: PasswordReset;
  readonly social: SocialLogins;
  readonly signInCodes: SignInCodes;
}

/** @param providers whose ID tokens log users in */
export function createAccounts(core: Core, providers: readonly SocialProvider[]): Accounts {
  const { database, environment, events, box, users } = core;
  const store = core.stores.users;
  const codes = new VerificationCodes({ environment, events });
  return {
    codes,
    own: new AccountService({ store, users, codes, tickets: new AddressTickets({ box, environment }) }),
    passwordReset: new PasswordReset({ store, users, codes }),
    social: new SocialLogins({ providers, store: new SocialStore(database), userStore: store, users, environment }),
    signInCodes: new SignInCodes({ store, users, environment }),
  };
}
