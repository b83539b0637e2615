import type { UserRow, UserStore } from '../../store/user-store.js';
import type { UserService } from '../users.js';
import { addressOf } from './account-service.js';
import { addressIn, type CodeTarget } from './addresses.js';
import { CODE_LIFETIME_S, invalidCode, type VerificationCodes } from './verification-codes.js';

/**
 * Forgotten passwords: a code goes to the address of the account, and with it another password is set. What is answered
 * never tells whether there is such an account.
 */
export class PasswordReset {
  readonly #store: UserStore;
  readonly #users: UserService;
  readonly #codes: VerificationCodes;

  constructor(options: { store: UserStore; users: UserService; codes: VerificationCodes }) {
    this.#store = options.store;
    this.#users = options.users;
    this.#codes = options.codes;
  }

  /**
   * Sends a code to the address of an account: the one that names it, else its e-mail address, else its phone number.
   * @param account by any of its names
   * @param client who asks
   * @returns for how long a code holds, s
   * @throws CloudError `too_many_requests`
   */
  begin(account: string, client: string): number {
    this.#codes.admit(account, 'reset', client);
    const target = this.#find(account)?.target;
    if (target) this.#codes.tell(target, 'reset', client);
    return CODE_LIFETIME_S;
  }

  /**
   * Sets a password and ends every login of the account. By an e-mail address that nobody had shown to be his before, it ends
   * every other way in, too: API keys, identities, the phone number.
   * @throws CloudError `invalid_code` (for an unknown account too), `too_many_requests`
   */
  async finish(account: string, code: string, password: string, client: string): Promise<void> {
    const found = this.#find(account);
    if (!found) throw invalidCode();
    const { user, target } = found;
    this.#codes.check(target, 'reset', code, client);
    // Again at last: it may have been used while the hash was made.
    await this.#users.setPassword(user.user_id, password, () => {
      this.#codes.redeem(target, 'reset', code, client);
      this.#users.claim(this.#store.byId(user.user_id)!, target);
    });
  }

  #find(account: string): { user: UserRow; target: CodeTarget } | undefined {
    const user = this.#store.byLogin(account);
    if (!user) return undefined;
    const named = addressIn(account)?.channel;
    const target = (named && addressOf(user, named)) ?? addressOf(user, 'mail') ?? addressOf(user, 'sms');
    return target && { user, target };
  }
}
