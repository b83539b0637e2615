import { CloudError } from '../../errors.js';
import type { Logger } from '../../events.js';
import { AgreementStore } from '../../store/agreement-store.js';
import { SmsRequestStore } from '../../store/sms-request-store.js';
import { type CodeTarget, isPhoneNumber } from '../accounts/addresses.js';
import type { CodePurpose, VerificationCodes } from '../accounts/verification-codes.js';
import type { Core } from '../core.js';
import type { Homes } from '../homes/homes.js';
import type { DomainModule } from '../module.js';
import type { OpenedLogin, UserService } from '../users.js';
import { BoundDevices } from './bound-devices.js';
import { DeviceDeeds } from './device-deeds.js';
import { type EndUserToken, EndUserTokens, uidOf } from './end-user-tokens.js';
import { type PublicJwk, SigningKeyKeeper } from './signing-key.js';
import { type UserDomain, UserDomainKeeper } from './user-domain.js';
import { decryptPassword, isSignedBy } from './wire-crypto.js';

/** How far the time of a request may be from the cloud's, ms. */
const MAX_SKEW_MS = 600_000;
/** Requests for a code that are remembered: each was signed with the secret, and is forgotten when it is too old. */
const MAX_REMEMBERED = 20_000;
const DOMESTIC = '86';
/** Characters of a password, as at SmartLink's registration. */
const PASSWORD = { min: 6, max: 128 } as const;

/** What the codes of an SMS are good for, by the number of their type. */
const PURPOSES: Readonly<Record<number, CodePurpose>> = {
  1: 'reset',
  2: 'login',
  3: 'register',
  4: 'close',
  5: 'contact',
};

/** A phone number, as people dial it. */
export interface PhoneRequest {
  /** 1 to 4 digits, 86 by default. */
  readonly internationalCode?: string | undefined;
  /** Digits. */
  readonly phone: string;
  readonly userDomain: string;
}

export interface SmsCodeRequest extends PhoneRequest {
  /** 1 reset, 2 login, 3 register, 4 close, 5 contact. */
  readonly codeType: number;
  /** 16 letters and digits. */
  readonly random: string;
  /** Milliseconds since 1970. */
  readonly ts: number;
  readonly signature: string;
}

/** A password on its way: see `decryptPassword`. */
export interface EncryptedPassword {
  readonly pwd: string;
  readonly random?: string | undefined;
}

export interface Agreement {
  /** 1 privacy policy, 2 service agreement. */
  readonly protocolType: number;
  readonly privacyVersion: string;
}

export interface TokensView {
  readonly accessToken: EndUserToken;
  readonly refreshToken: EndUserToken;
}

/**
 * End users: people with a phone number and an app. They are users as all others, with logins as all others; what is theirs
 * alone is how their apps ask for that.
 */
export class EndUserService implements DomainModule {
  readonly devices: BoundDevices;
  readonly deeds: DeviceDeeds;
  readonly #keeper: UserDomainKeeper;
  readonly #tokens: EndUserTokens;
  readonly #users: UserService;
  readonly #codes: VerificationCodes;
  readonly #requests: SmsRequestStore;
  readonly #agreements: AgreementStore;
  readonly #log: Logger;
  readonly #now: () => number;

  /** @throws CloudStartError `invalid_option`, `data_dir_corrupt`, `data_dir_unwritable` */
  constructor(core: Core, options: { codes: VerificationCodes; homes: Homes; userDomain: UserDomain | undefined }) {
    const { database, directory, environment, users, stores, writes, log } = core;
    this.#keeper = new UserDomainKeeper({ directory, environment, given: options.userDomain });
    this.#tokens = new EndUserTokens(new SigningKeyKeeper(directory), environment);
    this.#users = users;
    this.#codes = options.codes;
    this.#requests = new SmsRequestStore(database);
    this.#agreements = new AgreementStore(database);
    this.#log = log;
    this.#now = () => environment.now();
    this.devices = new BoundDevices({ database, users: stores.users, writes });
    this.deeds = new DeviceDeeds(this.devices, options.homes, core);
    users.alsoTake((token, nowMs) => this.#tokens.verify(token, 'AccessToken', nowMs));
  }

  /** Its secret reaches no answer. @throws CloudStartError `data_dir_unwritable` */
  get userDomain(): UserDomain {
    return this.#keeper.current;
  }

  /** Where that is kept; undefined where nothing is. */
  get userDomainFile(): string | undefined {
    return this.#keeper.file;
  }

  /**
   * Sends a code, for a request that was signed, is of now and was not made before.
   * @throws CloudError `user_domain_not_found`, `invalid_parameter`, `too_many_requests`; `invalid_signature`: it is wrong, too
   *   old, or was seen
   * @param client the address that asks
   */
  sendCode(request: SmsCodeRequest, client: string): void {
    const { phone, codeType, random, ts, signature, userDomain } = request;
    const { secret } = this.#domain(userDomain);
    const to = target(request);
    const now = this.#now();
    const isOfNow = Math.abs(now - ts) <= MAX_SKEW_MS;
    if (!isSignedBy(signature, [phone, codeType, random, ts], secret)) throw this.#refused('wrong_signature');
    if (!isOfNow) throw this.#refused('ts_not_of_now', { offByMs: ts - now });
    this.#requests.prune(now);
    if (this.#requests.count() >= MAX_REMEMBERED) {
      throw new CloudError('too_many_requests', 'too many codes were asked for', { retryAfterS: MAX_SKEW_MS / 1_000 });
    }
    if (!this.#requests.use(userDomain, random, ts + MAX_SKEW_MS)) throw this.#refused('random_used_before');
    this.#codes.send(to, PURPOSES[codeType]!, client);
  }

  /**
   * Makes an account for who has the code that was sent to this number.
   * @param client the address that asks, whose wrong codes are counted
   * @throws CloudError `user_domain_not_found`, `invalid_code`, `invalid_parameter`, `user_exists`, `too_many_requests`
   */
  async register(
    request: PhoneRequest &
      EncryptedPassword & { readonly smsCode: string; readonly agreementList: readonly Agreement[] },
    client: string,
  ): Promise<{ readonly uid: string }> {
    this.#domain(request.userDomain);
    checkAgreements(request.agreementList);
    const phone = target(request);
    // Before anything is said about what it registers.
    this.#codes.check(phone, 'register', request.smsCode, client);
    const password = newPassword(request);
    this.#codes.redeem(phone, 'register', request.smsCode, client);
    const { userId } = await this.#users.registerByPhone({ phone: phone.address, password });
    const at = this.#now();
    for (const { protocolType, privacyVersion } of request.agreementList) {
      this.#agreements.put(userId, protocolType, privacyVersion, at);
    }
    return { uid: uidOf(userId) };
  }

  /**
   * Logs in with phone number and password.
   * @param address whose failures are counted
   * @throws CloudError `user_domain_not_found`, `invalid_signature`, `invalid_parameter`, `too_many_requests`;
   *   `invalid_password`, for an unknown number too
   */
  async login(
    request: PhoneRequest & EncryptedPassword & { readonly signature: string },
    address: string,
  ): Promise<TokensView> {
    const { internationalCode = '', phone, pwd, random = '', signature, userDomain } = request;
    const { secret } = this.#domain(userDomain);
    const { address: username } = target(request);
    if (!isSignedBy(signature, [internationalCode, phone, pwd, random], secret)) throw this.#refused('wrong_signature');
    // No password is empty: what cannot be read is a wrong one, and counts.
    const password = decryptPassword(pwd, random) ?? '';
    const user = await this.#users.checkCredentials({ username, password }, address);
    // A user name that looks like it is not somebody's phone number.
    if (user.phone !== username) throw new CloudError('invalid_password');
    return this.#issue(user.user_id, this.#users.openLogin(user.user_id));
  }

  /** Goes on with a login; a refresh token works once. @throws CloudError `unauthorized` */
  async refresh(refreshToken: string): Promise<TokensView> {
    const claims = await this.#tokens.verify(refreshToken, 'RefreshToken', this.#now());
    if (claims?.renewal === undefined) throw new CloudError('unauthorized', 'the refresh token is not valid');
    const { userId, ...login } = this.#users.goOn(claims.renewal);
    return this.#issue(userId, login);
  }

  /** What the tokens can be checked by. */
  publicKey(): Promise<PublicJwk> {
    return this.#tokens.publicKey();
  }

  /** Forgets requests that are too old to be sent again. */
  prune(): void {
    this.#requests.prune(this.#now());
  }

  /** Who asks is told no more than the vendor tells; whoever runs the cloud reads why. */
  #refused(why: string, data: object = {}): CloudError {
    this.#log.warn('end_user_request_refused', { why, ...data });
    return new CloudError('invalid_signature');
  }

  #domain(name: string): UserDomain {
    const { current } = this.#keeper;
    if (name !== current.domain) throw new CloudError('user_domain_not_found', 'userDomain is not that of this cloud');
    return current;
  }

  async #issue(userId: number, { familyId, refreshToken }: OpenedLogin): Promise<TokensView> {
    const claims = { userId, familyId };
    return {
      accessToken: await this.#tokens.issue(claims, 'AccessToken'),
      refreshToken: await this.#tokens.issue({ ...claims, renewal: refreshToken }, 'RefreshToken'),
    };
  }
}

/** The number in E.164: the digits as they are given, a trunk zero included. @throws CloudError `invalid_parameter` */
function target({ internationalCode = DOMESTIC, phone }: PhoneRequest): CodeTarget {
  const address = `+${internationalCode}${phone}`;
  if (isPhoneNumber(address)) return { channel: 'sms', address };
  throw new CloudError('invalid_parameter', 'phone has 7 to 15 digits with its international code');
}

function newPassword({ pwd, random = '' }: EncryptedPassword): string {
  const password = decryptPassword(pwd, random);
  const length = password === undefined ? 0 : [...password].length;
  if (password !== undefined && length >= PASSWORD.min && length <= PASSWORD.max) return password;
  throw new CloudError(
    'invalid_parameter',
    `pwd is not a password of ${PASSWORD.min} to ${PASSWORD.max} characters, encrypted with the key that random gives`,
  );
}

function checkAgreements(list: readonly Agreement[]): void {
  if (new Set(list.map(({ protocolType }) => protocolType)).size === list.length) return;
  throw new CloudError('invalid_parameter', 'agreementList names a protocolType twice');
}
