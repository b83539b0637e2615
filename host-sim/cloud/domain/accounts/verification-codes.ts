import { timingSafeEqual } from 'node:crypto';
import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { EventHub } from '../../events.js';
import { SlidingWindow } from '../rate-limits.js';
import { hashSecret } from '../secrets.js';
import { type CodeTarget, foldName } from './addresses.js';

/** How long a code may be used after it was told last, s. */
export const CODE_LIFETIME_S = 300;
/** What a client may ask for: for one account and purpose one code a minute, for one account ten an hour. */
const ASKED = { limit: 1, windowMs: 60_000 } as const;
const ASKED_OFTEN = { limit: 10, windowMs: 3_600_000 } as const;
/** An open code is not told more often, whoever asks. */
const TOLD = { limit: 1, windowMs: 60_000 } as const;
/** Wrong codes of a client after which he has to ask for one. */
const WRONG = { limit: 5, windowMs: CODE_LIFETIME_S * 1_000 } as const;
/** Wrong codes for one address in a day: of a client, and of all of them, which takes more than one of those. */
const WRONG_A_DAY = { limit: 50, windowMs: 86_400_000 } as const;
const WRONG_OF_ALL = { limit: 200, windowMs: 86_400_000 } as const;
/** Codes that are open at a time; beyond that the oldest is forgotten. */
const MAX_OPEN = 10_000;

export type { CodeTarget } from './addresses.js';

/** What a code is good for: nothing else. */
export const CODE_PURPOSES = ['register', 'login', 'reset', 'close', 'contact'] as const;
export type CodePurpose = (typeof CODE_PURPOSES)[number];

interface OpenCode extends CodeTarget {
  readonly purpose: CodePurpose;
  readonly code: string;
  /** When it was asked for last, ms since 1970. */
  readonly at: number;
  readonly expiresAt: number;
}

/** A code that still counts, as who runs the cloud reads it. Times are ISO 8601, UTC. */
export interface OpenCodeView extends CodeTarget {
  readonly purpose: CodePurpose;
  readonly code: string;
  /** When it was asked for last. */
  readonly at: string;
  readonly expiresAt: string;
}

/**
 * Codes of six digits by which somebody shows that an address is his. The dev cloud sends nothing: a code is told by the
 * event `codeSent`, for the log, and in `list`, for the panel. It counts once, within 5 minutes, for its address and purpose; it is kept in
 * memory alone, so a restart ends it.
 *
 * A client is whoever asks or tries: a network address, or `userClient` of who is logged in. What one does takes
 * nothing from another: a code that is asked for again is the same one until it is used or expires, and each client has
 * 5 wrong tries before he has to ask again. Guessing ends at 200 a day for an address, of 1,000,000.
 */
export class VerificationCodes {
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #open = new Map<string, OpenCode>();
  readonly #asked: SlidingWindow;
  readonly #askedOften: SlidingWindow;
  readonly #told: SlidingWindow;
  readonly #wrong: SlidingWindow;
  readonly #wrongToday: SlidingWindow;
  readonly #wrongOfAll: SlidingWindow;

  constructor({ environment, events }: { environment: CloudEnvironment; events: EventHub }) {
    const now = () => environment.now();
    this.#environment = environment;
    this.#events = events;
    this.#asked = new SlidingWindow({ ...ASKED, now });
    this.#askedOften = new SlidingWindow({ ...ASKED_OFTEN, now });
    this.#told = new SlidingWindow({ ...TOLD, now });
    this.#wrong = new SlidingWindow({ ...WRONG, now });
    this.#wrongToday = new SlidingWindow({ ...WRONG_A_DAY, now });
    this.#wrongOfAll = new SlidingWindow({ ...WRONG_OF_ALL, now });
  }

  /** Tells an address its code, as a client asked for. @throws CloudError `too_many_requests` */
  send(target: CodeTarget, purpose: CodePurpose, client: string): void {
    this.admit(target.address, purpose, client);
    this.tell(target, purpose, client);
  }

  /**
   * Counts that a client asks for a code: for who must not learn whether one is then told.
   * @param account as he names it
   * @throws CloudError `too_many_requests`
   */
  admit(account: string, purpose: CodePurpose, client: string): void {
    const name = foldName(account);
    const asked = `${client} ${purpose} ${name}`;
    const often = `${client} ${name}`;
    const retryAfterS = Math.max(this.#asked.retryAfterS(asked), this.#askedOften.retryAfterS(often));
    if (retryAfterS > 0) {
      throw new CloudError('too_many_requests', 'you asked for a code for this account a moment ago', { retryAfterS });
    }
    this.#asked.add(asked);
    this.#askedOften.add(often);
  }

  /** Tells an address its code, which is a new one where none is open; in silence where it was told within a minute. */
  tell(target: CodeTarget, purpose: CodePurpose, client: string): void {
    const key = keyOf(target, purpose);
    const at = this.#environment.now();
    this.#wrong.clear(`${client} ${key}`);
    const known = this.#known(key);
    const code = known?.code ?? this.#newCode();
    this.#open.delete(key);
    const { channel, address } = target;
    this.#open.set(key, { channel, address, purpose, code, at, expiresAt: at + CODE_LIFETIME_S * 1_000 });
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value!);
    if (known && this.#told.retryAfterS(key) > 0) return;
    this.#told.add(key);
    this.#events.emit('codeSent', { ...target, purpose, code, at });
  }

  /** Uses a code up. @throws CloudError `invalid_code`: wrong, expired, used, or tried too often */
  redeem(target: CodeTarget, purpose: CodePurpose, code: string, client: string): void {
    this.check(target, purpose, code, client);
    this.drop(target, purpose);
  }

  /** Looks at a code without using it up; a wrong one counts. @throws CloudError `invalid_code` */
  check(target: CodeTarget, purpose: CodePurpose, code: string, client: string): void {
    const key = keyOf(target, purpose);
    const counts = [
      [this.#wrong, `${client} ${key}`],
      [this.#wrongToday, `${client} ${key}`],
      [this.#wrongOfAll, key],
    ] as const;
    if (counts.some(([count, of]) => count.retryAfterS(of) > 0)) throw invalidCode();
    const known = this.#known(key);
    if (known && timingSafeEqual(hashSecret(code), hashSecret(known.code))) return;
    for (const [count, of] of counts) count.add(of);
    throw invalidCode();
  }

  /** Makes a code void. */
  drop(target: CodeTarget, purpose: CodePurpose): void {
    this.#open.delete(keyOf(target, purpose));
  }

  /** The codes that count now, the newest first, at most so many. */
  list(limit: number): OpenCodeView[] {
    const now = this.#environment.now();
    const open = [...this.#open.values()].filter(({ expiresAt }) => now < expiresAt);
    return open
      .slice(-limit)
      .reverse()
      .map(({ at, expiresAt, ...code }) => ({
        ...code,
        at: new Date(at).toISOString(),
        expiresAt: new Date(expiresAt).toISOString(),
      }));
  }

  #known(key: string): OpenCode | undefined {
    const open = this.#open.get(key);
    return open && this.#environment.now() < open.expiresAt ? open : undefined;
  }

  /** Of 2^48 numbers each code has as many, to one in 281 million. */
  #newCode(): string {
    return String(this.#environment.randomBytes(6).readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
  }
}

/** The one answer to every code that does not count, so that it tells nothing else. */
export function invalidCode(): CloudError {
  return new CloudError(
    'invalid_code',
    'the code is wrong, has expired, was used or was tried too often: ask for another one',
  );
}

/** Who is logged in asks and tries as himself, wherever he is. */
export function userClient(userId: number): string {
  return `user ${userId}`;
}

function keyOf({ channel, address }: CodeTarget, purpose: CodePurpose): string {
  return `${purpose} ${channel} ${foldName(address)}`;
}
