/**
 * Of the processes that share one database, one leads: it alone writes down what boards say and looks after what is due (campaigns,
 * schedules, pruning). The others hear the boards as well, answer their callers, and give commands.
 */
export interface Lead {
  /** Whether it is this process. */
  readonly isHeld: boolean;
  /** Is told when this process takes over; never where it has led from the start. */
  onTaken(listener: () => void): void;
}

/** A cloud that shares its database with nobody. */
export const ALONE: Lead = { isHeld: true, onTaken: () => {} };
