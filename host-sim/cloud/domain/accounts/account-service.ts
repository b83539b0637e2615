import { CloudError } from '../../errors.js';
import type { UserRow, UserStore } from '../../store/user-store.js';
import { countryCode } from '../countries.js';
import { type UserService, userNameOf } from '../users.js';
import type { AddressTickets, IssuedTicket } from './address-tickets.js';
import type { CodeTarget } from './addresses.js';
import { CODE_LIFETIME_S, userClient, type VerificationCodes } from './verification-codes.js';

/** An account as its owner sees it. */
export interface AccountView {
  readonly userId: number;
  readonly username: string;
  readonly email: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly name: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly createdAt: string;
  /** An account is made with one. */
  readonly hasPassword: true;
}

export interface Registration {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly password: string;
  readonly name?: string | undefined;
  /** Sent to the phone number, or where there is none to the e-mail address, for `register`. */
  readonly code?: string | undefined;
}

/** A change of where somebody is reached. */
export interface AddressChange {
  readonly address: string;
  /** Sent to that address for `contact`. */
  readonly code: string;
  /** That the present address is his, where he has one. */
  readonly ticket?: string | undefined;
}

type Channel = CodeTarget['channel'];

const FIELD = { mail: 'email', sms: 'phone' } as const;

/** What a person does with his own account beside logging in. */
export class AccountService {
  readonly #store: UserStore;
  readonly #users: UserService;
  readonly #codes: VerificationCodes;
  readonly #tickets: AddressTickets;

  constructor(options: { store: UserStore; users: UserService; codes: VerificationCodes; tickets: AddressTickets }) {
    this.#store = options.store;
    this.#users = options.users;
    this.#codes = options.codes;
    this.#tickets = options.tickets;
  }

  /**
   * Makes an account with a user name, an e-mail address or a phone number. A phone number needs its code; a code for an
   * e-mail address is checked where one is given.
   * @param client whose wrong codes are counted
   * @throws CloudError `user_exists`, `invalid_code`, `invalid_parameter`, `too_many_requests`
   */
  async register({ code, ...request }: Registration, client: string): Promise<AccountView> {
    const { email = null, phone = null, password, name } = request;
    const username = userNameOf(request) ?? phone;
    if (username === null) throw new CloudError('invalid_parameter', 'username, email or phone is required');
    const shown = code === undefined ? undefined : shownBy(phone, email);
    if (shown) this.#codes.check(shown, 'register', code!, client);
    else if (phone !== null) {
      throw new CloudError('invalid_parameter', 'code is required with a phone number: captcha/send sends it');
    }
    const { userId } = await this.#users.create({ username, email, phone, name: name?.trim() || null }, password);
    // Not before, so that one who is refused need not ask for another; the address is taken now.
    if (shown) this.#codes.drop(shown, 'register');
    if (shown?.channel === 'mail') this.#users.showMail(userId);
    return this.get(userId);
  }

  get(userId: number): AccountView {
    const { username, email, phone, name, country, created_at } = this.#store.byId(userId)!;
    const createdAt = new Date(created_at).toISOString();
    return { userId, username, email, phone, name, country, createdAt, hasPassword: true };
  }

  /**
   * Sends a code to the present address, by which its owner gets a ticket.
   * @returns for how long it holds, s
   * @throws CloudError `not_found`: there is none; `too_many_requests`
   */
  sendToPresent(userId: number, channel: Channel): number {
    this.#codes.send(this.#present(userId, channel), 'contact', userClient(userId));
    return CODE_LIFETIME_S;
  }

  /** Changes the code of the present address for a ticket. @throws CloudError `not_found`, `invalid_code` */
  verifyPresent(userId: number, channel: Channel, code: string): IssuedTicket {
    const present = this.#present(userId, channel);
    this.#codes.redeem(present, 'contact', code, userClient(userId));
    if (channel === 'mail') this.#users.showMail(userId);
    return this.#tickets.issue(userId, present);
  }

  /**
   * Sets an e-mail address or a phone number, which its code shows to be his.
   * @throws CloudError `invalid_parameter`: he has one and gives no ticket; `invalid_code`: of code or ticket; `user_exists`
   */
  changeAddress(userId: number, channel: Channel, { address, code, ticket }: AddressChange): AccountView {
    const next: CodeTarget = { channel, address };
    const present = addressOf(this.#store.byId(userId)!, channel);
    if (present) {
      if (ticket === undefined) {
        const how = channel === 'mail' ? 'update/mail/verify' : 'update/phone/verify';
        throw new CloudError('invalid_parameter', `ticket is required to change the present one: ${how} gives it`);
      }
      this.#tickets.check(ticket, userId, present);
    }
    this.#codes.redeem(next, 'contact', code, userClient(userId));
    this.#users.setAddress(userId, next);
    return this.get(userId);
  }

  /**
   * @param country ISO 3166-1 alpha-2, or null
   * @throws CloudError `invalid_parameter`
   */
  setCountry(userId: number, country: string | null): AccountView {
    this.#store.setCountry(userId, country === null ? null : countryCode(country));
    return this.get(userId);
  }

  #present(userId: number, channel: Channel): CodeTarget {
    const present = addressOf(this.#store.byId(userId)!, channel);
    if (present) return present;
    throw new CloudError('not_found', `there is no ${FIELD[channel]} yet, so none to verify: set one`);
  }
}

/** The address that the code of a registration goes with. @throws CloudError `invalid_parameter` */
function shownBy(phone: string | null, email: string | null): CodeTarget {
  if (phone !== null) return { channel: 'sms', address: phone };
  if (email !== null) return { channel: 'mail', address: email };
  throw new CloudError('invalid_parameter', 'code goes with the e-mail address or phone number that it was sent to');
}

/** Where a user is reached in this way. */
export function addressOf(user: UserRow, channel: Channel): CodeTarget | undefined {
  const address = user[FIELD[channel]];
  return address === null ? undefined : { channel, address };
}
