import type { Verdict } from '../domain/board-gateway.js';

/** A message that a client says, or has left as its will. */
export interface Said {
  readonly topic: string;
  readonly payload: Buffer;
  readonly isWill: boolean;
}

/** Somebody who has logged in: what the broker asks about him, whoever he is. */
export interface Connection {
  /** Makes it count, once; false: he is not welcome any more. */
  attach(): boolean;
  /** To be called once when an attached one has ended, however it did. */
  detach(): void;
  publish(message: Said, judge: (verdict: Verdict) => void): void;
  maySubscribe(filter: string): boolean;
  /** To be called after SUBACK. */
  subscribed(filters: readonly string[]): void;
  unsubscribed(filters: readonly string[]): void;
  /** Whether he gets a message that he has subscribed to. */
  mayReceive(topic: string): boolean;
}
