/** Full jitter: base 1 s, factor 2, cap 120 s. */
export const BACKOFF_BASE_MS = 1_000;
export const BACKOFF_CAP_MS = 120_000;
/** Online this long, a board counts its attempts from zero again. */
export const STABLE_AFTER_MS = 60_000;
/** A server's refusal is not repeated sooner. */
export const REFUSAL_WAIT_MS = 30_000;
/** Refusals that only a person can mend are retried this often. */
export const HOPELESS_WAIT_MS = 15 * 60_000;
/** Longest `Retry-After` that is honoured. */
export const RETRY_AFTER_CAP_MS = 60 * 60_000;

/** Upper end of the delay after `attempt` failures (0: the first retry), ms. */
export function backoffCeilingMs(attempt: number): number {
  return attempt >= 7 ? BACKOFF_CAP_MS : Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt);
}

/** Full-jitter delay after `attempt` failures; `random` is uniform in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  return Math.floor(random * backoffCeilingMs(attempt));
}

/** Why an attempt to activate failed. */
export type ActivationFailure =
  /** No answer, or one that broke off or could not be understood; 5xx. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** The board lacks what it needs to ask, or would not be secured as it once was; nothing was sent. */
  | { readonly kind: 'unable'; readonly reason: string }
  /** 429; `retryAfterMs` where the server said so. */
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number }
  /** Any other 4xx, with the server's word. */
  | { readonly kind: 'refused'; readonly status: number; readonly word: string };

/** Whether retrying does not mend it, but a person. */
export function isHopeless(failure: ActivationFailure): boolean {
  if (failure.kind !== 'refused') return failure.kind === 'unable';
  const { status, word } = failure;
  return word !== 'device_in_use' && (status === 403 || word === 'invalid_product_key' || word === 'product_disabled');
}

/** Delay until the next activation after `failure`, ms. */
export function activationRetryMs(failure: ActivationFailure, attempt: number, random: number): number {
  const jitter = backoffMs(attempt, random);
  if (failure.kind === 'broken') return jitter;
  if (failure.kind === 'throttled')
    return Math.min((failure.retryAfterMs ?? REFUSAL_WAIT_MS) + jitter, RETRY_AFTER_CAP_MS);
  if (isHopeless(failure)) return HOPELESS_WAIT_MS + jitter;
  const isInUse = failure.kind === 'refused' && failure.word === 'device_in_use';
  return isInUse ? 60_000 + Math.floor(random * 60_000) : REFUSAL_WAIT_MS + jitter;
}

/** Why a session ended or never began. `code`: CONNACK return code 1 to 5 (MQTT 3.1.1, 3.2.2.3). */
export type SessionLoss =
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'subscribe_refused' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Delay until the next session, ms.
 * @param wasOnline the session had been online: the whole fleet may have lost it in the same instant
 * @param spreadMs the time over which such a fleet comes back
 */
export function sessionRetryMs(
  loss: SessionLoss,
  wasOnline: boolean,
  attempt: number,
  spreadMs: number,
  random: number,
): number {
  if (loss.kind !== 'failed') return REFUSAL_WAIT_MS + backoffMs(attempt, random);
  const ceiling = backoffCeilingMs(attempt);
  return Math.floor(random * (wasOnline ? Math.max(spreadMs, attempt === 0 ? 0 : ceiling) : ceiling));
}
