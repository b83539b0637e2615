import { type RateLimit, SlidingWindow, TokenBuckets } from '../domain/rate-limits.js';

const LOGINS_A_MINUTE = 60;
const ACTIVATION_BURST = 300;
/** More than any person or app asks for: against floods alone. Registrations wait for their hash, one at a time. */
const REFRESHES = { capacity: 600, refillPerS: 10 };
/** A fleet's worth at once; each costs a key, and a row for years. */
const CERTIFICATES = { capacity: 300, refillPerS: 0.1 };
/** Codes that are asked for or tried, for whatever accounts: a household's worth at once. */
const CODES = { capacity: 120, refillPerS: 0.2 };

/** What one address may ask for. */
export interface AddressLimits {
  /** At most 60 in any minute. */
  readonly logins: RateLimit;
  readonly refreshes: RateLimit;
  readonly activations: RateLimit;
  readonly certificates: RateLimit;
  readonly codes: RateLimit;
}

/** How fast an address may activate boards. */
export interface ActivationLimit {
  /** Refill, a second; 0 switches the limit off. */
  readonly activationRate: number;
  /** Boards of the cloud's own process, which all come at once, and from one address: so many more may. */
  readonly ownBoards: number;
}

export function createLimits(now: () => number, { activationRate, ownBoards }: ActivationLimit): AddressLimits {
  return {
    logins: new SlidingWindow({ limit: LOGINS_A_MINUTE, windowMs: 60_000, now }),
    refreshes: new TokenBuckets({ ...REFRESHES, now }),
    activations: new TokenBuckets({ capacity: ACTIVATION_BURST + ownBoards, refillPerS: activationRate, now }),
    certificates: new TokenBuckets({ ...CERTIFICATES, now }),
    codes: new TokenBuckets({ ...CODES, now }),
  };
}
