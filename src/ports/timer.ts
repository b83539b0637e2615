/** Opaque handle of a pending timer. */
export type TimerHandle = unknown;

/** Timers in the shape of Moddable's `timer` module, so that XS needs no adapter. Delays in milliseconds. */
export interface Timer {
  /** Calls `callback` once after `delayMs` (default 0: as soon as the current callback has returned). */
  set(callback: () => void, delayMs?: number): TimerHandle;
  /** Calls `callback` every `intervalMs` until cleared. */
  repeat(callback: () => void, intervalMs: number): TimerHandle;
  /** Cancels a timer; a handle that has fired, was cleared or is `undefined` is ignored. */
  clear(handle: TimerHandle | undefined): void;
}
