/** How long a command took, ms, and when it was sent, ms since 1970. */
export interface Latency {
  readonly at: number;
  readonly ms: number;
}

export interface LatencyFigures {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Undefined: there is nothing to count. */
export function figuresOf(latencies: readonly Latency[]): LatencyFigures | undefined {
  if (latencies.length === 0) return undefined;
  const sorted = latencies.map(({ ms }) => ms).sort((a, b) => a - b);
  return { count: sorted.length, p50: percentile(sorted, 50), p95: percentile(sorted, 95), max: sorted.at(-1)! };
}

/** The least of some values that so many percent of them do not exceed (nearest rank). @param sorted ascending, at least one */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

/** Commands without an answer that are remembered; the cloud drops one after 60 s. */
const MOST_OPEN = 64;
const LIFETIME_MS = 60_000;

/** A message of the topics of one board, as the WebSocket brings it. */
interface Message {
  /** What follows the board's root. */
  readonly path: string;
  readonly payload: unknown;
}

/** Measures how long a board takes to answer what anybody commands, by the messages of the two as they are heard. */
export class ReplyTimes {
  readonly #open = new Map<string, number>();

  /** @param now ms, of a clock that never jumps. @returns how long a command took, ms, where this is the answer to one that was heard */
  hear({ path, payload }: Message, now: number): number | undefined {
    const id = idOf(payload);
    if (id === undefined) return undefined;
    if (path === 'thing/service/property/set') this.#sent(id, now);
    if (path !== 'thing/service/property/set_reply') return undefined;
    const sent = this.#open.get(id);
    this.#open.delete(id);
    return sent === undefined || now - sent > LIFETIME_MS ? undefined : now - sent;
  }

  #sent(id: string, now: number): void {
    // Repeated until it is answered; what counts is the first time.
    if (this.#open.has(id)) return;
    this.#open.set(id, now);
    if (this.#open.size > MOST_OPEN) this.#open.delete(this.#open.keys().next().value!);
  }
}

function idOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { id } = payload as { readonly id?: unknown };
  return (typeof id === 'string' && id.length <= 64) || typeof id === 'number' ? String(id) : undefined;
}
