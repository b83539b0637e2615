/** Two clocks: one that only ever advances, and the wall clock as far as the host knows it. */
export interface Clock {
  /** Milliseconds since an arbitrary origin, never going back, not moved by `setNow`. */
  monotonicMs(): number;
  /** Wall time in epoch milliseconds; meaningless while `hasTime` is false. */
  nowMs(): number;
  /** Sets the wall clock. */
  setNow(epochMs: number): void;
  /** Whether the wall clock was right from the start (a desktop's clock, a battery-backed RTC). */
  readonly hasTime: boolean;
}
