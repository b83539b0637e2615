/** Counts what a key may do. */
export interface RateLimit {
  /** 0 if it may, and that is counted; else the whole seconds until it may. */
  take(key: string): number;
}

/** Keys a limiter remembers; beyond that, the one unused for longest is forgotten. */
const MAX_REMEMBERED = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets, one a key: `capacity` at once, `refillPerS` a second afterwards. A refill of 0 switches the limit off. */
export class TokenBuckets implements RateLimit {
  readonly #capacity: number;
  readonly #refillPerS: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { capacity: number; refillPerS: number; now: () => number }) {
    this.#capacity = options.capacity;
    this.#refillPerS = options.refillPerS;
    this.#now = options.now;
  }

  /** Takes one token: 0 if there was one, else the whole seconds until there is. */
  take(key: string): number {
    if (this.#refillPerS === 0) return 0;
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#capacity, at: now };
    // A clock that was set back refills nothing.
    const elapsedS = Math.max(0, now - bucket.at) / 1000;
    bucket.tokens = Math.min(this.#capacity, bucket.tokens + elapsedS * this.#refillPerS);
    bucket.at = now;
    remember(this.#buckets, key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#refillPerS));
    bucket.tokens -= 1;
    return 0;
  }
}

/**
 * What happened to a key in the last `windowMs`, at most `limit` times. A clock that is set back forgets what then lies in
 * the future: nobody waits for longer than the window.
 */
export class SlidingWindow implements RateLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #times = new Map<string, number[]>();

  constructor(options: { limit: number; windowMs: number; now: () => number }) {
    this.#limit = options.limit;
    this.#windowMs = options.windowMs;
    this.#now = options.now;
  }

  /** 0 while it happened less often than the limit, else the whole seconds until it did. */
  retryAfterS(key: string): number {
    const recent = this.#recent(key);
    if (recent.length < this.#limit) return 0;
    const leftMs = recent[recent.length - this.#limit]! + this.#windowMs - this.#now();
    return Math.max(1, Math.ceil(leftMs / 1000));
  }

  /** Counts one more; of those beyond the limit the newest stay. */
  add(key: string): void {
    const recent = this.#recent(key);
    recent.push(this.#now());
    remember(this.#times, key, recent.slice(-this.#limit));
  }

  /** Counts one more unless that is beyond the limit: 0, or the whole seconds until it is not. */
  take(key: string): number {
    const retryAfterS = this.retryAfterS(key);
    if (retryAfterS === 0) this.add(key);
    return retryAfterS;
  }

  clear(key: string): void {
    this.#times.delete(key);
  }

  #recent(key: string): number[] {
    const now = this.#now();
    return (this.#times.get(key) ?? []).filter((at) => at > now - this.#windowMs && at <= now);
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_REMEMBERED) map.delete(map.keys().next().value!);
}
