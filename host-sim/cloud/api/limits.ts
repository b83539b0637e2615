import { type RateLimit, SlidingWindow, TokenBuckets } from '../domain/rate-limits.js';

const LOGINS_A_MINUTE = 60;
const ACTIVATION_BURST = 300;
/** More than any person or app asks for, and a test that registers logs in as well; against floods alone. */
const REGISTRATIONS = { capacity: 120, refillPerS: 2 };
const REFRESHES = { capacity: 600, refillPerS: 10 };

/** What one address may ask for without authentication. */
export interface AddressLimits {
  /** At most 60 in any minute. */
  readonly logins: RateLimit;
  readonly registrations: RateLimit;
  readonly refreshes: RateLimit;
  readonly activations: RateLimit;
}

/** @param activationRate refill of the activations, a second; 0 switches their limit off */
export function createLimits(now: () => number, activationRate: number): AddressLimits {
  return {
    logins: new SlidingWindow({ limit: LOGINS_A_MINUTE, windowMs: 60_000, now }),
    registrations: new TokenBuckets({ ...REGISTRATIONS, now }),
    refreshes: new TokenBuckets({ ...REFRESHES, now }),
    activations: new TokenBuckets({ capacity: ACTIVATION_BURST, refillPerS: activationRate, now }),
  };
}
