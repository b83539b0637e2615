/** Why the board started. `crash`: uncaught exception or panic. */
export type BootReason = 'power_on' | 'brown_out' | 'restart' | 'crash' | 'watchdog';

/** The chip and the running build. */
export interface System {
  readonly bootReason: BootReason;
  /** Serial number; of a board without a factory record its station MAC, 12 upper-case hex digits. */
  readonly serial: string;
  /** When this build was made, epoch milliseconds: the floor of the clock. */
  readonly buildTimeMs: number;
  /** Free heap in bytes, where the engine can tell. */
  freeHeap(): number | undefined;
  /** Starts the board anew; does not return to the caller's logic (on a desktop it takes effect after the current callback). */
  restart(): void;
}
