import { timingSafeEqual } from 'node:crypto';
import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { EventHub } from '../../events.js';
import { SlidingWindow } from '../rate-limits.js';
import { hashSecret } from '../secrets.js';

/** How long a code may be used, s. */
export const CODE_LIFETIME_S = 300;
/** Wrong codes after which it is no longer looked at. */
const MAX_WRONG = 5;
/** Codes to one address: one a minute, ten an hour. */
const PAUSE = { limit: 1, windowMs: 60_000 } as const;
const HOURLY = { limit: 10, windowMs: 3_600_000 } as const;
/** Codes that are open at a time; beyond that the oldest is forgotten. */
const MAX_OPEN = 10_000;

/** What a code is good for: nothing else. */
export type CodePurpose = 'register' | 'login' | 'reset' | 'close' | 'contact';

/** To whom a code goes: a phone number (E.164) or an e-mail address. */
export interface CodeTarget {
  readonly channel: 'sms' | 'mail';
  readonly address: string;
}

interface OpenCode {
  readonly hash: Buffer;
  readonly expiresAt: number;
  wrong: number;
}

/**
 * Codes of six digits by which somebody shows that an address is his. The dev cloud sends nothing: a code is told by the
 * event `codeSent`, for the log and the panel. The newest code of an address and purpose counts, once, for 5 minutes and at
 * most 5 wrong tries.
 */
export class VerificationCodes {
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #open = new Map<string, OpenCode>();
  readonly #pause: SlidingWindow;
  readonly #hourly: SlidingWindow;

  constructor({ environment, events }: { environment: CloudEnvironment; events: EventHub }) {
    const now = () => environment.now();
    this.#environment = environment;
    this.#events = events;
    this.#pause = new SlidingWindow({ ...PAUSE, now });
    this.#hourly = new SlidingWindow({ ...HOURLY, now });
  }

  /** Makes a code and tells it; one before it is void. @throws CloudError `too_many_requests` */
  send(target: CodeTarget, purpose: CodePurpose): void {
    const key = keyOf(target, purpose);
    const retryAfterS = Math.max(this.#pause.retryAfterS(key), this.#hourly.retryAfterS(target.address));
    if (retryAfterS > 0) {
      throw new CloudError('too_many_requests', 'a code was sent to this address a moment ago', { retryAfterS });
    }
    this.#pause.add(key);
    this.#hourly.add(target.address);
    const code = String(this.#environment.randomBytes(6).readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
    const at = this.#environment.now();
    this.#open.delete(key);
    this.#open.set(key, { hash: hashSecret(code), expiresAt: at + CODE_LIFETIME_S * 1_000, wrong: 0 });
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value!);
    this.#events.emit('codeSent', { ...target, purpose, code, at });
  }

  /** Uses a code up. @throws CloudError `invalid_code`: wrong, expired, used, or tried too often */
  redeem(target: CodeTarget, purpose: CodePurpose, code: string): void {
    const key = keyOf(target, purpose);
    this.check(target, purpose, code);
    this.#open.delete(key);
  }

  /** Looks at a code without using it up; a wrong one counts. @throws CloudError `invalid_code` */
  check(target: CodeTarget, purpose: CodePurpose, code: string): void {
    const open = this.#open.get(keyOf(target, purpose));
    const isAlive = open !== undefined && this.#environment.now() < open.expiresAt && open.wrong < MAX_WRONG;
    if (isAlive && timingSafeEqual(hashSecret(code), open.hash)) return;
    if (isAlive) open.wrong += 1;
    throw new CloudError('invalid_code', 'the code is wrong, has expired or was used: ask for another one');
  }
}

function keyOf({ channel, address }: CodeTarget, purpose: CodePurpose): string {
  return `${purpose} ${channel} ${address.toLowerCase()}`;
}
