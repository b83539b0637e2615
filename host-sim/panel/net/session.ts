import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { ApiError } from './api-error.js';
import { dataOf, request } from './http.js';

/** A user as the API shows him. */
export interface User {
  readonly userId: number;
  readonly username: string;
  readonly email: string | null;
}

interface Login {
  readonly token: string;
  readonly refreshToken: string;
  /** ms since 1970. */
  readonly until: number;
}

type TokenAnswer = Pick<Login, 'token' | 'refreshToken'> & { readonly expiresIn: number };
type LoginAnswer = TokenAnswer & { readonly user: User };

const KEY = 'smartlink.login';
/** What the fragment of a link that signs in begins with. */
const CODE = '#code=';
const MOST_CODE_CHARS = 128;
/** Renewed so long before it ends, ms. */
const MARGIN_MS = 60_000;

/**
 * Who is signed in. The tokens live in this tab's session storage and nowhere else: they survive a reload, and end with the tab.
 */
export class Session {
  readonly #login = signal<Login | undefined>(recallLogin());
  readonly #user = signal<User | undefined>(undefined);
  readonly #logins = signal(0);
  readonly #linkError = signal<unknown>(undefined);
  readonly #hasLapsed = signal(false);
  #renewal: Promise<Login> | undefined;

  readonly isOpen: ReadonlySignal<boolean> = computed(() => this.#login.value !== undefined);
  /** Who it is, once the API has said it. */
  readonly user: ReadonlySignal<User | undefined> = this.#user;
  /** Counts those who signed in: what was begun for one is not for the next. */
  readonly logins: ReadonlySignal<number> = this.#logins;
  /** Why the link that was opened last did not sign in; undefined where it did, or there was none. */
  readonly linkError: ReadonlySignal<unknown> = this.#linkError;
  /** The last login was ended by the cloud, not by whoever was signed in. */
  readonly hasLapsed: ReadonlySignal<boolean> = this.#hasLapsed;

  /**
   * Takes the one-time code out of the page's address (`#code=…`), where there is one, and signs in with it; likewise whenever such
   * a link is opened where the page is already. The code is off the address and its history before anything else happens. Where it
   * does not hold, a login from before stays, and `linkError` says why.
   */
  async start(): Promise<void> {
    addEventListener('hashchange', () => void this.#takeCode());
    await this.#takeCode();
  }

  /** @throws ApiError */
  async signIn(username: string, password: string): Promise<void> {
    this.#open(await post<LoginAnswer>('/api/v1/users/login', { username, password }));
  }

  /** Forgets the login here, and ends it at the cloud. */
  async signOut(): Promise<void> {
    const login = this.#login.peek();
    this.#forget();
    if (login) await end(login);
  }

  /** Asks who is signed in, where that is not known. @throws ApiError `unauthorized`; nobody is signed in then */
  async identify(): Promise<void> {
    if (this.#user.peek() === undefined) await this.check();
  }

  /** Asks whether the login still holds. @throws ApiError `unauthorized`; nobody is signed in then */
  async check(): Promise<void> {
    const token = await this.token();
    const response = await request('/api/v1/users/me', { token });
    if (response.status === 401) this.refused(token);
    const user = await dataOf<User>(response);
    if (this.#login.peek()?.token === token) this.#user.value = user;
  }

  /** A token that holds, renewed where its time is nearly over. @throws ApiError `unauthorized`; nobody is signed in then */
  async token(): Promise<string> {
    const login = this.#login.value;
    if (login === undefined) throw new ApiError(401, 'unauthorized', '');
    if (isFresh(login)) return login.token;
    // One renewal for all who ask: a refresh token is spent by its use.
    this.#renewal ??= this.#renew(login).finally(() => {
      this.#renewal = undefined;
    });
    return (await this.#renewal).token;
  }

  /** The cloud no longer takes this token: whoever is signed in signs in again. */
  refused(token: string): void {
    if (this.#login.peek()?.token === token) this.#lapse();
  }

  async #takeCode(): Promise<void> {
    const { hash } = location;
    if (!hash.startsWith(CODE)) return;
    history.replaceState(null, '', location.pathname);
    this.#linkError.value = undefined;
    const before = this.#login.peek();
    try {
      const code = hash.slice(CODE.length).slice(0, MOST_CODE_CHARS);
      this.#open(await post<LoginAnswer>('/api/v1/users/login-code', { code }));
    } catch (error) {
      this.#linkError.value = error;
      return;
    }
    if (before) void end(before);
  }

  async #renew(login: Login): Promise<Login> {
    try {
      const renewed = loginOf(await renewal(login));
      if (this.#login.peek() === login) return this.#keep(renewed);
      // Whoever it was has signed out meanwhile.
      void end(renewed);
      throw new ApiError(401, 'unauthorized', '');
    } catch (error) {
      if (error instanceof ApiError && error.status === 401 && this.#login.peek() === login) this.#lapse();
      throw error;
    }
  }

  #open(answer: LoginAnswer): void {
    batch(() => {
      this.#keep(loginOf(answer));
      this.#user.value = answer.user;
      this.#logins.value++;
      this.#linkError.value = undefined;
      this.#hasLapsed.value = false;
    });
  }

  #keep(login: Login): Login {
    this.#login.value = login;
    try {
      sessionStorage.setItem(KEY, JSON.stringify(login));
    } catch {
      // Then a reload signs out.
    }
    return login;
  }

  #lapse(): void {
    this.#hasLapsed.value = true;
    this.#forget();
  }

  #forget(): void {
    this.#login.value = undefined;
    this.#user.value = undefined;
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // There is nothing then.
    }
  }
}

function isFresh({ until }: Login): boolean {
  return until - MARGIN_MS > Date.now();
}

function loginOf({ token, refreshToken, expiresIn }: TokenAnswer): Login {
  return { token, refreshToken, until: Date.now() + expiresIn * 1_000 };
}

function renewal({ refreshToken }: Login): Promise<TokenAnswer> {
  return post<TokenAnswer>('/api/v1/users/refresh-token', { refreshToken });
}

/** Ends a login at the cloud, where that can be reached: else its tokens end by themselves. */
async function end(login: Login): Promise<void> {
  try {
    const { token } = isFresh(login) ? login : await renewal(login);
    await request('/api/v1/users/logout', { method: 'POST', token });
  } catch {
    // Nobody has them any more.
  }
}

async function post<T>(path: string, body: unknown): Promise<T> {
  return dataOf<T>(await request(path, { method: 'POST', body }));
}

function recallLogin(): Login | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Login | null) ?? undefined;
  } catch {
    return undefined;
  }
}
